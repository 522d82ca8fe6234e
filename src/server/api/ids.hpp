#pragma once
// The ids and the closed sets of words that the API speaks.
#include <string_view>
#include <vector>

#include "feedback/ids.hpp"
#include "feedback/kinds/kind.hpp"
#include "loop/types.hpp"

namespace preceptor::server::api {

using feedback::EvidenceId;
using feedback::ExchangeId;
using feedback::InvitationId;
using feedback::JudgmentId;
using feedback::ModelId;
using feedback::PersonId;
using feedback::ProjectId;
using feedback::PromptId;
using feedback::ResponseId;
using feedback::RoundId;
using feedback::SessionId;
using feedback::SourceId;
using feedback::TaskId;
using feedback::TokenId;
using loop::EvaluationId;
using loop::JobId;
using loop::PromotionId;
using loop::RunId;
using loop::SnapshotId;

using Words = std::vector<std::string_view>;
inline const Words role_choices = {"trainer", "reviewer", "lead", "owner"};
inline const Words token_scope_choices = {"read", "write", "judge", "model"};
inline const Words speaker_choices = {"system", "user", "assistant"};
inline const Words task_kind_choices(feedback::all_kind_names().begin(), feedback::all_kind_names().end());
inline const Words standing_choices = {"in_review", "accepted", "fixed",  "returned",
                                       "rejected",  "appealed", "upheld", "reinstated"};
inline const Words task_state_choices = {"open", "done", "closed"};
inline const Words purpose_choices = {"training", "evaluation"};
inline const Words split_choices = {"train", "evaluation", "gold", "brief"};
inline const Words flag_choices = {"factual_error",  "unclear",      "unsafe", "off_topic",
                                   "wrong_language", "private_data", "spam"};
inline const Words outcome_choices = {"better", "tie", "both_bad"};
inline const Words strength_choices = {"slightly", "clearly", "much"};
inline const Words job_kind_choices = {"generate", "train", "evaluate", "snapshot", "import", "export"};
inline const Words job_state_choices = {"queued", "running", "done", "failed", "cancelled"};
inline const Words objective_choices = {"pretrain", "sft", "reward", "dpo", "imported"};
inline const Words trainable_choices = {"sft", "reward", "dpo"};
inline const Words evaluation_state_choices = {"generating", "judging", "done", "failed"};

}  // namespace preceptor::server::api
