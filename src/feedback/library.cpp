#include "feedback/library.hpp"

#include <nlohmann/json.hpp>

#include "base/hash.hpp"
#include "feedback/content.hpp"
#include "feedback/events.hpp"
#include "feedback/text_rules.hpp"

namespace preceptor::feedback {
namespace {

constexpr std::size_t title_bytes_max = 500;
constexpr std::size_t address_bytes_max = 2000;
constexpr std::size_t messages_max = 200;
constexpr std::size_t exchanges_per_task_max = 200;  // of one person

tl::unexpected<Error> not_held(TaskId id) {
  return refuse(ErrorKind::not_found, "task " + std::to_string(id.value) + " is not in your hands",
                "Get the next task.");
}

// The task of an assignment that the actor is working on.
Result<Task> held_task(Records& records, const Actor& actor, TaskId id) {
  auto task = records.task(id);
  if (!task) return not_held(id);
  const auto permitted = require(records, actor, task->project, Right::judge);
  if (!permitted) return tl::unexpected(permitted.error());
  const auto assignment = records.assignment(id, actor.person);
  if (!assignment || assignment->state != AssignmentState::working) return not_held(id);
  return *task;
}

}  // namespace

Result<Source> add_source(Records& records, const Actor& actor, ProjectId project, const Source& given,
                          const Clock& clock) {
  const auto permitted = require(records, actor, project, Right::judge);
  if (!permitted) return tl::unexpected(permitted.error());
  for (const Result<void>& checked :
       {check_text(given.title, title_bytes_max, Blank::refused, "/title"),
        check_text(given.address, address_bytes_max, Blank::allowed, "/address"),
        check_text(given.excerpt, text_bytes_max, Blank::refused, "/excerpt")}) {
    if (!checked) return tl::unexpected(checked.error());
  }
  Source source = given;
  source.project = project;
  source.sha256 = sha256_hex(given.excerpt);
  source.added_by = actor.person;
  source.created_at = clock.now();
  source.id = records.add_source(source);
  record_event(records, {event::source_added, project, actor.person, source.id.value},
               {{"source_id", source.id.value}, {"sha256", source.sha256}}, source.created_at);
  return source;
}

Result<Listing<Source>> list_sources(Records& records, const Actor& actor, ProjectId project,
                                     std::string_view words, Page page) {
  const auto permitted = require(records, actor, project, Right::see_project);
  if (!permitted) return tl::unexpected(permitted.error());
  return records.sources(project, words, page);
}

Result<ModelId> check_trial(Records& records, const Actor& actor, TaskId id,
                            std::span<const Message> messages) {
  const auto task = held_task(records, actor, id);
  if (!task) return tl::unexpected(task.error());
  if (task->kind != TaskKind::prompt && task->kind != TaskKind::chat)
    return refuse(ErrorKind::unsupported, "this kind of work does not talk to a model");
  if (messages.empty() || messages.size() > messages_max || messages.back().role != "user")
    return refuse(ErrorKind::invalid, "the last message is the user's", "", "/messages");
  for (std::size_t i = 0; i < messages.size(); ++i) {
    auto checked = check_text(messages[i].content, text_bytes_max,
                              messages[i].role == "user" ? Blank::refused : Blank::allowed,
                              "/messages/" + std::to_string(i) + "/content");
    if (!checked) return tl::unexpected(checked.error());
  }
  if (records.exchanges(id, actor.person).size() >= exchanges_per_task_max) {
    return refuse(ErrorKind::conflict, "the model has been asked often enough in this task",
                  "Send your judgment in.");
  }
  const auto project = records.project(task->project);
  if (!project || !project->current_model)
    return refuse(ErrorKind::conflict, "the project has no model to talk to", "Ask a lead to choose one.");
  return project->current_model;
}

Result<Exchange> keep_trial(Records& records, const Actor& actor, const Exchange& given, const Clock& clock) {
  const auto task = held_task(records, actor, given.task);
  if (!task) return tl::unexpected(task.error());
  Exchange exchange = given;
  exchange.person = actor.person;
  exchange.created_at = clock.now();
  exchange.id = records.add_exchange(exchange);
  return exchange;
}

Result<std::vector<Exchange>> my_trials(Records& records, const Actor& actor, TaskId id) {
  const auto task = records.task(id);
  const auto assignment = task ? records.assignment(id, actor.person) : std::nullopt;
  if (!assignment || assignment->state == AssignmentState::barred) return not_held(id);
  const auto permitted = require(records, actor, task->project, Right::see_project);
  if (!permitted) return tl::unexpected(permitted.error());
  return records.exchanges(id, actor.person);
}

}  // namespace preceptor::feedback
