#include "feedback/follow_up.hpp"

#include <nlohmann/json.hpp>

#include "feedback/dispatch.hpp"
#include "feedback/events.hpp"

namespace preceptor::feedback {

using Json = nlohmann::json;

Json logged_task(const Task& task) {
  Json json{{"task_id", task.id.value}, {"kind", name_of(task.kind)},     {"purpose", name_of(task.purpose)},
            {"overlap", task.overlap},  {"prompt_id", task.prompt.value}, {"gold", nullptr}};
  for (ResponseId id : task.responses) json["response_ids"].push_back(id.value);
  if (task.gold) json["gold"] = task.gold->better.value;
  if (task.about) json["about"] = task.about.value;
  return json;
}

TaskId open_follow_up(Records& records, TaskKind kind, const Task& about, JudgmentId subject, Timestamp now) {
  const auto project = records.project(about.project);
  const auto prompt = records.prompt(about.prompt);
  if (!project || !prompt) throw Failure(ErrorKind::internal, "a task without a project or a prompt");
  Task task{.project = about.project,
            .kind = kind,
            .prompt = about.prompt,
            .responses = about.responses,
            .subject = subject,
            .about = about.id,
            .lane = records.lane(lane_for(*project, kind, *prompt)),
            .overlap = 1,
            .priority = about.priority,
            .guideline_version = about.guideline_version,
            .rubric_version = about.rubric_version,
            .created_at = now};
  task.id = records.add_task(task);
  std::vector<PersonId> involved = authors_of(records, about);
  for (const Slot& slot : records.slots_of(about.id)) {
    if (slot.person) involved.push_back(slot.person);
  }
  bar(records, task.id, involved, now);
  record_event(records, {event::tasks_added, task.project, {}, 0},
               {{"tasks", Json::array({logged_task(task)})}}, now);
  return task.id;
}

}  // namespace preceptor::feedback
