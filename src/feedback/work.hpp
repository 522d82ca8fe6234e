// Getting a task and keeping it: claim, lease, draft, skip.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "feedback/earlier_work.hpp"
#include "feedback/rights.hpp"

namespace preceptor::feedback {

constexpr std::chrono::minutes lease_duration{15};
// Whether somebody else may be given the slot now or very soon.
inline bool may_be_taken_over(const Slot& slot, Timestamp now) {
  return slot.state != SlotState::leased || slot.lease_expires_at < now + std::chrono::minutes(1);
}
constexpr std::int64_t available_max = 100;  // counts of available tasks stop here

struct ShownResponse {
  ResponseId id;
  std::string text;
};
struct Claim {  // what the person sees: no model, no gold, no purpose, no round
  TaskId task;
  TaskKind kind = TaskKind::compare;
  Prompt prompt;
  std::vector<ShownResponse>
      responses;  // shuffled by (task, person): the same order whenever it is shown again
  RubricVersion rubric;
  std::int64_t guideline_version = 0;
  std::string lease_token;
  Timestamp lease_expires_at;
  Timestamp deadline;                  // none: zero
  std::optional<EarlierWork> earlier;  // of reviews, appeals and adjudications
  std::optional<std::string> draft;
  std::int64_t done = 0;       // by this person in this project
  std::int64_t available = 0;  // further ordinary tasks, up to available_max
};

// The person's next task; no kinds means all. The own unfinished task comes first (resume anywhere), its
// lease is renewed; then what is kept for them by name. The n-th task handed to a person is a gold when
// floor(n · rate) grows, while unseen golds remain; golds and ordinary tasks that suit them (dispatch.hpp)
// come by priority (highest first), then deadline, then id. Nobody gets the same task twice, nor one about
// their own work. Nothing is left: std::nullopt. A paused member: forbidden, with the reason.
Result<std::optional<Claim>> claim_next(Records&, const Actor&, ProjectId, std::span<const TaskKind> kinds,
                                        const Clock&);

// The same in three steps, for servers: looking and showing only read, so that the one thread that writes on
// SQLite neither searches nor gathers what is shown. A place that was looked up may be taken by the time of
// the claim; then the next one is found there.
struct Outlook {
  std::optional<TaskPlace> place;         // where the next ordinary task stands
  std::optional<std::int64_t> available;  // ordinary tasks, that one among them, up to available_max + 1
};
// Nothing where an unfinished task of one's own waits.
Outlook look_for_task(Records&, const Actor&, ProjectId, std::span<const TaskKind> kinds);
struct Handed {
  Slot slot;
  std::int64_t done = 0;
  std::optional<std::int64_t> available = {};  // further ones, where that was looked up
  bool resumed = false;                        // there may be a draft
};
Result<std::optional<Handed>> take_next(Records&, const Actor&, ProjectId, std::span<const TaskKind> kinds,
                                        const Outlook&, const Clock&);
Claim show_handed(Records&, ProjectId, std::span<const TaskKind> kinds, const Handed&);

// What a person sees of a task, without a lease.
Claim show_task(Records&, const Task&, PersonId);

// conflict when somebody else has taken the task over: work can still be sent and is kept.
Result<Timestamp> renew_lease(Records&, const Actor&, TaskId, std::string_view lease_token, const Clock&);
// Gives the task back for others; it does not come again to this person. The draft goes with it.
Result<void> skip(Records&, const Actor&, TaskId, std::string_view lease_token, std::string_view reason,
                  const Clock&);
Result<void> save_draft(Records&, const Actor&, TaskId, std::string_view payload, const Clock&);

}  // namespace preceptor::feedback
