#include "feedback/content.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

#include "base/json.hpp"
#include "feedback/content_hash.hpp"
#include "feedback/dispatch.hpp"
#include "feedback/events.hpp"
#include "feedback/follow_up.hpp"
#include "feedback/kinds/kind.hpp"
#include "feedback/text_rules.hpp"

namespace preceptor::feedback {
namespace {

using Json = nlohmann::json;

constexpr std::size_t word_bytes_max = 200;
constexpr std::size_t messages_max = 200;
constexpr std::int64_t overlap_max = 100;
constexpr std::int64_t priority_max = 1'000'000;

std::string item(std::size_t i) { return "/items/" + std::to_string(i); }

template <class T>
Result<void> check_count(std::span<const T> items) {
  if (!items.empty() && items.size() <= items_max) return {};
  return refuse(ErrorKind::too_large, "a call takes 1 to " + std::to_string(items_max) + " items",
                "Send them in several calls.", "/items");
}

Result<void> check_prompt(const Prompt& prompt, const std::string& where) {
  if (prompt.messages.empty() || prompt.messages.size() > messages_max) {
    return refuse(ErrorKind::invalid, "a prompt has 1 to " + std::to_string(messages_max) + " messages", "",
                  where + "/messages");
  }
  for (std::size_t i = 0; i < prompt.messages.size(); ++i) {
    const Message& message = prompt.messages[i];
    const std::string place = where + "/messages/" + std::to_string(i);
    if (message.role != "system" && message.role != "user" && message.role != "assistant") {
      return refuse(ErrorKind::invalid, "a message is by system, user or assistant", "", place + "/role");
    }
    auto checked = check_text(message.content, text_bytes_max, Blank::refused, place + "/content");
    if (!checked) return checked;
  }
  if (prompt.messages.back().role != "user") {
    return refuse(ErrorKind::invalid, "the last message of a prompt is the user's", "",
                  where + "/messages/" + std::to_string(prompt.messages.size() - 1) + "/role");
  }
  const std::pair<std::string_view, const std::string&> words[] = {
      {"/intent", prompt.intent}, {"/domain", prompt.domain},         {"/language", prompt.language},
      {"/hazard", prompt.hazard}, {"/difficulty", prompt.difficulty}, {"/source", prompt.source},
      {"/key", prompt.key}};
  for (const auto& [key, text] : words) {
    auto checked = check_text(text, word_bytes_max, Blank::allowed, where + std::string(key));
    if (!checked) return checked;
  }
  return {};
}

// The id of the same prompt sent before; nothing when it is new.
Result<std::optional<PromptId>> known_prompt(Records& records, const Prompt& prompt,
                                             const std::string& where) {
  if (prompt.key.empty()) return std::optional<PromptId>{};
  const auto id = records.prompt_with_key(prompt.project, prompt.key);
  if (!id) return std::optional<PromptId>{};
  if (content_hash(*records.prompt(*id)) != content_hash(prompt)) {
    return refuse(ErrorKind::conflict, "the key " + prompt.key + " belongs to another prompt",
                  "Use a new key.", where + "/key");
  }
  return std::optional<PromptId>{*id};
}

Result<std::vector<PromptId>> store_prompts(Records& records, ProjectId project,
                                            std::span<const Prompt> prompts, PersonId author, Timestamp now) {
  std::vector<PromptId> ids;
  Json logged = Json::array();
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    if (auto checked = check_prompt(prompts[i], item(i)); !checked) return tl::unexpected(checked.error());
    Prompt prompt = prompts[i];
    prompt.project = project;
    prompt.author = author;
    prompt.created_at = now;
    const auto known = known_prompt(records, prompt, item(i));
    if (!known) return tl::unexpected(known.error());
    ids.push_back(*known ? **known : records.add_prompt(prompt));
    if (!*known) logged.push_back({{"prompt_id", ids.back().value}, {"sha256", content_hash(prompt)}});
  }
  if (!logged.empty()) {
    record_event(records, {event::prompts_added, project, author, 0}, {{"prompts", logged}}, now);
  }
  return ids;
}

Result<std::vector<ResponseId>> store_responses(Records& records, ProjectId project,
                                                std::span<const Response> responses, PersonId actor,
                                                Timestamp now) {
  std::vector<ResponseId> ids;
  Json logged = Json::array();
  for (std::size_t i = 0; i < responses.size(); ++i) {
    Response response = responses[i];
    const auto prompt = records.prompt(response.prompt);
    if (!prompt || prompt->project != project) {
      return refuse(ErrorKind::not_found, "there is no prompt " + std::to_string(response.prompt.value),
                    "Use a prompt of this project.", item(i) + "/prompt_id");
    }
    // A model may answer with nothing; that is an answer that people should see.
    auto checked = check_text(response.text, text_bytes_max, Blank::allowed, item(i) + "/text");
    if (!checked) return tl::unexpected(checked.error());
    response.project = project;
    response.created_at = now;
    ids.push_back(records.add_response(response));
    logged.push_back({{"response_id", ids.back().value}, {"sha256", content_hash(response)}});
  }
  record_event(records, {event::responses_added, project, actor, 0}, {{"responses", logged}}, now);
  return ids;
}

Result<void> check_responses(Records& records, const Task& task, const std::string& where) {
  const Kind& kind = kind_of(task.kind);
  const std::size_t count = task.responses.size();
  if (count < kind.responses_min || count > kind.responses_max) {
    const std::string wanted =
        kind.responses_min == kind.responses_max
            ? std::to_string(kind.responses_min)
            : std::to_string(kind.responses_min) + " to " + std::to_string(kind.responses_max);
    return refuse(ErrorKind::invalid,
                  "a " + std::string(name_of(task.kind)) + " task has " + wanted + " responses", "",
                  where + "/response_ids");
  }
  for (auto id = task.responses.begin(); id != task.responses.end(); ++id) {
    const auto response = records.response(*id);
    if (!response || response->prompt != task.prompt) {
      return refuse(ErrorKind::not_found, "response " + std::to_string(id->value) + " is none of the prompt",
                    "", where + "/response_ids");
    }
    if (std::find(task.responses.begin(), id, *id) != id) {
      return refuse(ErrorKind::invalid, "two of the responses are the same one", "Choose different ones.",
                    where + "/response_ids");
    }
  }
  return {};
}

Result<void> check_kind(const Task& task, const Prompt& prompt, const std::string& where) {
  const Kind& kind = kind_of(task.kind);
  if (kind.made_by == MadeBy::rules) {
    return refuse(ErrorKind::unsupported,
                  "tasks to " + std::string(name_of(task.kind)) + " are opened by the project's policy", "",
                  where + "/kind");
  }
  const bool brief = prompt.split == Split::brief;
  if (brief == (kind.prompt == PromptIs::brief)) return {};
  return refuse(ErrorKind::invalid,
                brief ? "a brief tells people what to write; it is no prompt that is answered"
                      : "this kind of work takes a brief",
                "Choose a prompt of another split.", where + "/prompt_id");
}

Result<void> check_gold(const Task& task, const std::string& where) {
  if (!task.gold) return {};
  if (task.kind != TaskKind::compare || task.responses.size() != 2) {
    return refuse(ErrorKind::unsupported, "only comparisons of two responses can be golds", "",
                  where + "/gold");
  }
  if (std::find(task.responses.begin(), task.responses.end(), task.gold->better) == task.responses.end()) {
    return refuse(ErrorKind::invalid, "the gold answer is none of the responses", "", where + "/gold/better");
  }
  return check_text(task.gold->explanation, text_bytes_max, Blank::allowed, where + "/gold/explanation");
}

// A call adds many tasks of few lanes.
class LaneBook {
public:
  explicit LaneBook(Records& records) : records_(records) {}
  LaneId of(const Lane& lane) {
    LaneId& id = known_[{lane.kind, lane.language, lane.domain, lane.hazard}];
    if (!id) id = records_.lane(lane);
    return id;
  }

private:
  Records& records_;
  std::map<std::tuple<TaskKind, std::string, std::string, std::string>, LaneId> known_;
};

Result<Task> checked_task(Records& records, const Project& project, LaneBook& lanes, Task task,
                          const std::string& where) {
  const auto prompt = records.prompt(task.prompt);
  if (!prompt || prompt->project != project.id) {
    return refuse(ErrorKind::not_found, "there is no prompt " + std::to_string(task.prompt.value),
                  "Use a prompt of this project.", where + "/prompt_id");
  }
  if (auto checked = check_kind(task, *prompt, where); !checked) return tl::unexpected(checked.error());
  if (auto checked = check_responses(records, task, where); !checked) return tl::unexpected(checked.error());
  if (auto checked = check_gold(task, where); !checked) return tl::unexpected(checked.error());
  if (task.overlap == 0) task.overlap = project.overlap.of(task.kind);
  if (task.overlap < 1 || task.overlap > overlap_max) {
    return refuse(ErrorKind::invalid, "an overlap is between 1 and " + std::to_string(overlap_max), "",
                  where + "/overlap");
  }
  if (task.priority < -priority_max || task.priority > priority_max) {
    return refuse(ErrorKind::invalid, "this priority is out of range", "", where + "/priority");
  }
  if (prompt->split == Split::evaluation) task.purpose = Purpose::evaluation;
  task.project = project.id;
  task.lane = lanes.of(lane_for(project, task.kind, *prompt));
  return task;
}

Result<std::vector<TaskId>> store_tasks(Records& records, ProjectId id, std::span<const Task> tasks,
                                        PersonId actor, Timestamp now) {
  const auto project = records.project(id);
  if (!project) return refuse(ErrorKind::not_found, "there is no such project");
  std::vector<TaskId> ids;
  Json logged = Json::array();
  LaneBook lanes(records);
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    auto task = checked_task(records, *project, lanes, tasks[i], item(i));
    if (!task) return tl::unexpected(task.error());
    task->state = TaskState::open;
    task->counted = 0;
    task->guideline_version = project->guideline_version;
    task->rubric_version = project->rubric_version;
    task->created_at = now;
    task->id = records.add_task(*task);
    bar(records, task->id, authors_of(records, *task), now);
    ids.push_back(task->id);
    logged.push_back(logged_task(*task));
  }
  record_event(records, {event::tasks_added, id, actor, 0}, {{"tasks", logged}}, now);
  return ids;
}

}  // namespace

Result<std::vector<PromptId>> add_prompts(Records& records, const Actor& actor, ProjectId project,
                                          std::span<const Prompt> prompts, const Clock& clock) {
  const auto permitted = require(records, actor, project, Right::edit_content);
  if (!permitted) return tl::unexpected(permitted.error());
  if (auto checked = check_count(prompts); !checked) return tl::unexpected(checked.error());
  return store_prompts(records, project, prompts, actor.person, clock.now());
}

Result<std::vector<ResponseId>> add_responses(Records& records, const Actor& actor, ProjectId project,
                                              std::span<const Response> responses, const Clock& clock) {
  const auto permitted = require(records, actor, project, Right::edit_content);
  if (!permitted) return tl::unexpected(permitted.error());
  if (auto checked = check_count(responses); !checked) return tl::unexpected(checked.error());
  return store_responses(records, project, responses, actor.person, clock.now());
}

Result<std::vector<TaskId>> add_tasks(Records& records, const Actor& actor, ProjectId project,
                                      std::span<const Task> tasks, const Clock& clock) {
  const auto permitted = require(records, actor, project, Right::edit_content);
  if (!permitted) return tl::unexpected(permitted.error());
  if (auto checked = check_count(tasks); !checked) return tl::unexpected(checked.error());
  return store_tasks(records, project, tasks, actor.person, clock.now());
}

Result<Listing<Prompt>> list_prompts(Records& records, const Actor& actor, const PromptFilter& filter) {
  const auto permitted = require(records, actor, filter.project, Right::see_content);
  if (!permitted) return tl::unexpected(permitted.error());
  return records.prompts(filter);
}

Result<PromptView> show_prompt(Records& records, const Actor& actor, ProjectId project, PromptId id) {
  const auto permitted = require(records, actor, project, Right::see_content);
  if (!permitted) return tl::unexpected(permitted.error());
  auto prompt = records.prompt(id);
  if (!prompt || prompt->project != project) {
    return refuse(ErrorKind::not_found, "there is no prompt " + std::to_string(id.value), "Reload the list.");
  }
  auto responses = records.responses({.project = project, .prompt = id, .page = {.limit = 1000}});
  return PromptView{std::move(*prompt), std::move(responses.items)};
}

Result<Listing<Response>> list_responses(Records& records, const Actor& actor, const ResponseFilter& filter) {
  const auto permitted = require(records, actor, filter.project, Right::see_content);
  if (!permitted) return tl::unexpected(permitted.error());
  return records.responses(filter);
}

Result<Listing<Task>> list_tasks(Records& records, const Actor& actor, const TaskFilter& filter) {
  const auto permitted = require(records, actor, filter.project, Right::see_content);
  if (!permitted) return tl::unexpected(permitted.error());
  return records.tasks(filter);
}

Result<std::vector<ResponseId>> record_responses(Records& records, ProjectId project,
                                                 std::span<const Response> responses, const Clock& clock) {
  return store_responses(records, project, responses, {}, clock.now());
}

Result<std::vector<TaskId>> record_tasks(Records& records, ProjectId project, std::span<const Task> tasks,
                                         const Clock& clock) {
  return store_tasks(records, project, tasks, {}, clock.now());
}

Result<std::vector<PromptId>> record_prompts(Records& records, ProjectId project,
                                             std::span<const Prompt> prompts, const Clock& clock) {
  return store_prompts(records, project, prompts, {}, clock.now());
}

}  // namespace preceptor::feedback
