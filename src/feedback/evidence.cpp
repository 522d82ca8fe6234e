#include "feedback/evidence.hpp"

#include <nlohmann/json.hpp>

#include "base/hash.hpp"
#include "feedback/events.hpp"

namespace preceptor::feedback {
namespace {

tl::unexpected<Error> never_handed(TaskId task) {
  return refuse(ErrorKind::not_found, "task " + std::to_string(task.value) + " was never handed to you",
                "Get the next task.");
}

struct Handed {
  Task task;
  Assignment assignment;
};

Result<Handed> handed(Records& records, const Actor& actor, TaskId id, Right right) {
  auto task = records.task(id);
  if (!task) return never_handed(id);
  const auto permitted = require(records, actor, task->project, right);
  if (!permitted && permitted.error().kind == ErrorKind::not_found) return never_handed(id);
  if (!permitted) return tl::unexpected(permitted.error());
  auto assignment = records.assignment(id, actor.person);
  if (!assignment) return never_handed(id);
  return Handed{*std::move(task), *std::move(assignment)};
}

}  // namespace

Result<Task> require_in_hand(Records& records, const Actor& actor, TaskId id) {
  auto found = handed(records, actor, id, Right::judge);
  if (!found) return tl::unexpected(found.error());
  if (found->assignment.state != AssignmentState::working)
    return refuse(ErrorKind::conflict, "this task is not in your hands any more",
                  "What you tried on it before stays with your judgment.");
  if (records.evidence(id, actor.person).size() >= evidence_per_task_max)
    return refuse(ErrorKind::conflict, "there is enough evidence on this task",
                  "Send your judgment in; what you tried is kept with it.");
  return std::move(found->task);
}

Result<Evidence> keep_evidence(Records& records, const Actor& actor, Evidence fresh, const Clock& clock) {
  const auto task = require_in_hand(records, actor, fresh.task);
  if (!task) return tl::unexpected(task.error());
  fresh.project = task->project;
  fresh.person = actor.person;
  fresh.created_at = clock.now();
  fresh.id = records.add_evidence(fresh);
  const bool calculation = fresh.kind == "calculation";
  record_event(
      records,
      {calculation ? event::calculation_made : event::code_run, fresh.project, actor.person, fresh.id.value},
      {{"evidence_id", fresh.id.value},
       {"task_id", fresh.task.value},
       {"kind", fresh.kind},
       {"outcome", fresh.outcome},
       {"exit_status", fresh.exit_status},
       {"source_sha256", sha256_hex(fresh.source)},
       {"output_sha256", sha256_hex(fresh.output)}},
      fresh.created_at);
  return fresh;
}

Result<std::vector<Evidence>> list_evidence(Records& records, const Actor& actor, TaskId id) {
  const auto found = handed(records, actor, id, Right::see_project);
  if (!found) return tl::unexpected(found.error());
  return records.evidence(id, actor.person);
}

Result<std::vector<Evidence>> evidence_of_judgment(Records& records, const Actor& actor, JudgmentId id) {
  const auto missing =
      refuse(ErrorKind::not_found, "there is no judgment " + std::to_string(id.value) + " for you");
  const auto judgment = records.judgment(id);
  if (!judgment) return missing;
  const auto permitted = require(records, actor, judgment->project, Right::see_all_judgments);
  if (!permitted && permitted.error().kind == ErrorKind::not_found) return missing;
  if (!permitted) return tl::unexpected(permitted.error());
  return records.evidence(judgment->task, judgment->person);
}

}  // namespace preceptor::feedback
