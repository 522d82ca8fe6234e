// What people try out while they judge is kept beside the judgment, with an event that commits to it.
#pragma once

#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "feedback/rights.hpp"

namespace preceptor::feedback {

inline constexpr std::size_t evidence_per_task_max = 100;

// The task, when it is in the person's hands now. Refuses with not_found when it never was, with conflict
// when it was sent in or skipped, or when there is too much evidence on it already.
Result<Task> require_in_hand(Records&, const Actor&, TaskId);

// Keeps what was tried on a task in hand; project and person follow from the task and the actor.
Result<Evidence> keep_evidence(Records&, const Actor&, Evidence, const Clock&);

// One's own on a task that one was handed.
Result<std::vector<Evidence>> list_evidence(Records&, const Actor&, TaskId);
// What stands beside a judgment, for those who may see everybody's.
Result<std::vector<Evidence>> evidence_of_judgment(Records&, const Actor&, JudgmentId);

}  // namespace preceptor::feedback
