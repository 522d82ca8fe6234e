#include "feedback/adjudication.hpp"

#include "feedback/follow_up.hpp"
#include "feedback/matter.hpp"

namespace preceptor::feedback {

bool is_adjudicated(const WorkPolicy& policy, double agreement) {
  return agreement < policy.adjudicate_below;
}

void adjudicate_disagreement(Records& records, const WorkPolicy& policy, TaskId id, Timestamp now) {
  if (policy.adjudicate_below <= 0) return;
  const auto task = records.task(id);
  if (!task || task->gold || task->counted < task->overlap || task->overlap < 2) return;
  const auto agreement = kind_of(task->kind).agreement;
  if (!agreement || !records.follow_ups(id, TaskKind::adjudicate).empty()) return;
  std::vector<std::string> payloads;
  for (Judgment& judgment : records
                                .judgments({.project = task->project,
                         .task = id,
                         .counted = true,
                         .current_only = true,
                         .page = {.limit = 1000}})
                                .items) {
    if (judgment.payload != erased_payload) payloads.push_back(std::move(judgment.payload));
  }
  if (!is_adjudicated(policy, agreement(payloads, matter_of(records, *task, {})))) return;
  open_follow_up(records, TaskKind::adjudicate, *task, {}, now);
}

std::optional<Judgment> adjudication_of(Records& records, TaskId id) {
  for (TaskId follow_up : records.follow_ups(id, TaskKind::adjudicate)) {
    const auto task = records.task(follow_up);
    if (!task) continue;
    auto found = records.judgments({.project = task->project,
                                    .task = follow_up,
                                    .counted = true,
                                    .current_only = true,
                                    .page = {.limit = 1}});
    if (!found.items.empty()) return std::move(found.items.front());
  }
  return std::nullopt;
}

}  // namespace preceptor::feedback
