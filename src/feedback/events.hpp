// The event log: every act that changes money, quality, data or models is one row in the same transaction.
// The row holds a salted commitment to the payload, which stands beside it and can be erased. A sealer gives
// rows their positions and closes them under a Merkle root that chains to the one before.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "base/time.hpp"
#include "feedback/records.hpp"

namespace preceptor::feedback {

namespace event {
inline constexpr std::string_view person_created = "person.created";
inline constexpr std::string_view person_erased = "person.erased";
inline constexpr std::string_view people_read = "people.read";
inline constexpr std::string_view token_created = "token.created";
inline constexpr std::string_view token_revoked = "token.revoked";
inline constexpr std::string_view password_changed = "password.changed";
inline constexpr std::string_view password_reset_issued = "password.reset_issued";
inline constexpr std::string_view second_factor_on = "second_factor.on";
inline constexpr std::string_view second_factor_off = "second_factor.off";
inline constexpr std::string_view recovery_codes_renewed = "recovery_codes.renewed";
inline constexpr std::string_view invitation_created = "invitation.created";
inline constexpr std::string_view invitation_accepted = "invitation.accepted";
inline constexpr std::string_view invitation_revoked = "invitation.revoked";
inline constexpr std::string_view project_created = "project.created";
inline constexpr std::string_view guideline_added = "guideline.added";
inline constexpr std::string_view rubric_added = "rubric.added";
inline constexpr std::string_view member_role_set = "member.role_set";
inline constexpr std::string_view member_paused = "member.paused";
inline constexpr std::string_view member_resumed = "member.resumed";
inline constexpr std::string_view prompts_added = "prompts.added";
inline constexpr std::string_view responses_added = "responses.added";
inline constexpr std::string_view tasks_added = "tasks.added";
inline constexpr std::string_view judgment_submitted = "judgment.submitted";
inline constexpr std::string_view code_run = "code.run";
inline constexpr std::string_view calculation_made = "calculation.made";
inline constexpr std::string_view judgment_reviewed = "judgment.reviewed";
inline constexpr std::string_view judgment_uncounted = "judgment.uncounted";
inline constexpr std::string_view judgment_appealed = "judgment.appealed";
inline constexpr std::string_view judgment_recounted = "judgment.recounted";
inline constexpr std::string_view appeal_decided = "appeal.decided";
inline constexpr std::string_view member_fit_set = "member.fit_set";
inline constexpr std::string_view task_assigned = "task.assigned";
inline constexpr std::string_view source_added = "source.added";
inline constexpr std::string_view policy_set = "project.policy_set";
inline constexpr std::string_view settings_set = "project.settings_set";
// Of the loop: it records them with record_event as well.
inline constexpr std::string_view round_created = "round.created";
inline constexpr std::string_view snapshot_created = "snapshot.created";
inline constexpr std::string_view run_finished = "run.finished";
inline constexpr std::string_view model_created = "model.created";
inline constexpr std::string_view evaluation_created = "evaluation.created";
inline constexpr std::string_view evaluation_measured = "evaluation.measured";
inline constexpr std::string_view model_promoted = "model.promoted";
}  // namespace event

struct NewEvent {
  std::string_view kind;
  ProjectId project;  // none: of the whole workspace
  PersonId actor;     // none: the program itself
  std::int64_t subject = 0;
};
void record_event(Records&, const NewEvent&, const nlohmann::json& payload, Timestamp);

std::string commitment(const EventPayload&);  // hex sha256(salt bytes ‖ payload)
std::string leaf_hash(const Event&);          // hex sha256(0x00 ‖ the row's fields in a fixed form)
std::string merkle_root(std::span<const std::string> leaves_hex);  // RFC 6962: an odd node moves up as it is
std::string chained_root(std::string_view previous_root_hex, std::string_view merkle_root_hex);

// Seals up to `limit` rows that are finished; called once a second by the server. Answers how many were
// sealed; 0 when there is nothing to do or another sealer is at work.
std::int64_t seal_events(Records&, const Clock&, std::int64_t limit = 20000);

}  // namespace preceptor::feedback
