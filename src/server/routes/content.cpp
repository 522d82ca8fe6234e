// Prompts, responses and tasks as leads put them in.
#include "server/routes/table.hpp"
#include "server/routes/translate.hpp"

namespace preceptor::server {

namespace {

using feedback::ProjectId;
using feedback::Right;
using wire::List;
using wire::Nothing;

template <class IdType>
api::Ids ids_of(const std::vector<IdType>& ids) {
  api::Ids out;
  out.ids.reserve(ids.size());
  for (const auto id : ids) out.ids.push_back(id.value);
  return out;
}

Result<api::Ids> add_prompts(Call& call, loop::Records& records, const api::NewPrompts& input) {
  std::vector<feedback::Prompt> prompts(input.items.size());
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    const auto& from = input.items[i];
    auto& to = prompts[i];
    to.messages = from_api(from.messages);
    to.intent = from.intent;
    to.domain = from.domain;
    to.language = from.language;
    to.hazard = from.hazard;
    to.difficulty = from.difficulty;
    to.split = word<feedback::Split>(from.split);
    to.source = from.source;
    to.key = from.key;
  }
  return feedback::add_prompts(records, call.actor(), call.id<ProjectId>(0), prompts, call.clock())
      .map([](const auto& ids) { return ids_of(ids); });
}

Result<List<api::Prompt>> list_prompts(Call& call, loop::Records& records, const api::PromptQuery& query) {
  auto asked = page(call, query);
  if (!asked) return tl::unexpected(asked.error());
  feedback::PromptFilter filter;
  filter.project = call.id<ProjectId>(0);
  if (query.split) filter.split = word<feedback::Split>(*query.split);
  filter.page = *asked;
  return feedback::list_prompts(records, call.actor(), filter).map([&](const auto& found) {
    return paged_list(call, found);
  });
}

Result<api::PromptWithResponses> show_prompt(Call& call, loop::Records& records, const Nothing&) {
  return feedback::show_prompt(records, call.actor(), call.id<ProjectId>(0), call.id<feedback::PromptId>(1))
      .map([](const auto& view) {
        return api::PromptWithResponses{to_api(view.prompt), all_to_api(view.responses)};
      });
}

Result<api::Ids> add_responses(Call& call, loop::Records& records, const api::NewResponses& input) {
  std::vector<feedback::Response> responses(input.items.size());
  for (std::size_t i = 0; i < responses.size(); ++i) {
    responses[i].prompt = input.items[i].prompt_id;
    responses[i].text = input.items[i].text;
    responses[i].model = or_none(input.items[i].model_id);
    responses[i].round = or_none(input.items[i].round_id);
    responses[i].written_in = or_none(input.items[i].written_in);
  }
  return feedback::add_responses(records, call.actor(), call.id<ProjectId>(0), responses, call.clock())
      .map([](const auto& ids) { return ids_of(ids); });
}

Result<List<api::Response>> list_responses(Call& call, loop::Records& records,
                                           const api::ResponseQuery& query) {
  auto asked = page(call, query);
  if (!asked) return tl::unexpected(asked.error());
  feedback::ResponseFilter filter;
  filter.project = call.id<ProjectId>(0);
  filter.round = or_none(query.round_id);
  filter.model = or_none(query.model_id);
  filter.prompt = or_none(query.prompt_id);
  filter.page = *asked;
  return feedback::list_responses(records, call.actor(), filter).map([&](const auto& found) {
    return paged_list(call, found);
  });
}

Result<api::Ids> add_tasks(Call& call, loop::Records& records, const api::NewTasks& input) {
  std::vector<feedback::Task> tasks(input.items.size());
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const auto& from = input.items[i];
    auto& to = tasks[i];
    to.kind = word<feedback::TaskKind>(from.kind);
    to.prompt = from.prompt_id;
    to.responses = from.response_ids;
    to.overlap = from.overlap.value_or(0);
    to.priority = from.priority;
    to.purpose = word<feedback::Purpose>(from.purpose);
    if (from.gold) to.gold = feedback::GoldAnswer{from.gold->better, from.gold->explanation};
    to.round = or_none(from.round_id);
    to.deadline = from.deadline.value_or(Timestamp{});
  }
  return feedback::add_tasks(records, call.actor(), call.id<ProjectId>(0), tasks, call.clock())
      .map([](const auto& ids) { return ids_of(ids); });
}

Result<List<api::Task>> list_tasks(Call& call, loop::Records& records, const api::TaskQuery& query) {
  auto asked = page(call, query);
  if (!asked) return tl::unexpected(asked.error());
  feedback::TaskFilter filter;
  filter.project = call.id<ProjectId>(0);
  if (query.state) filter.state = word<feedback::TaskState>(*query.state);
  if (query.kind) filter.kind = word<feedback::TaskKind>(*query.kind);
  filter.round = or_none(query.round_id);
  filter.page = *asked;
  return feedback::list_tasks(records, call.actor(), filter).map([&](const auto& found) {
    return paged_list(call, found);
  });
}

}  // namespace

std::vector<Route> content_routes() {
  const auto topic = "content";
  const auto see = Access::member(Right::see_content);
  const auto edit = Access::member(Right::edit_content);
  return {
      write({.method = "POST",
             .path = "/projects/{project}/prompts",
             .operation = "addPrompts",
             .summary = "Adds prompts, all or none",
             .topic = topic,
             .access = edit,
             .errors = {ErrorKind::conflict},
             .body_bytes_max = body_bytes_max_import},
            add_prompts),
      read({.method = "GET",
            .path = "/projects/{project}/prompts",
            .operation = "listPrompts",
            .summary = "Prompts of the project",
            .topic = topic,
            .access = see},
           list_prompts),
      read({.method = "GET",
            .path = "/projects/{project}/prompts/{prompt}",
            .operation = "showPrompt",
            .summary = "One prompt with its responses",
            .topic = topic,
            .access = see},
           show_prompt),
      write({.method = "POST",
             .path = "/projects/{project}/responses",
             .operation = "addResponses",
             .summary = "Adds responses, all or none",
             .topic = topic,
             .access = edit,
             .body_bytes_max = body_bytes_max_import},
            add_responses),
      read({.method = "GET",
            .path = "/projects/{project}/responses",
            .operation = "listResponses",
            .summary = "Responses of the project",
            .topic = topic,
            .access = see},
           list_responses),
      write({.method = "POST",
             .path = "/projects/{project}/tasks",
             .operation = "addTasks",
             .summary = "Adds tasks, all or none",
             .topic = topic,
             .access = edit,
             .body_bytes_max = body_bytes_max_import},
            add_tasks),
      read({.method = "GET",
            .path = "/projects/{project}/tasks",
            .operation = "listTasks",
            .summary = "Tasks of the project",
            .topic = topic,
            .access = see},
           list_tasks),
  };
}

}  // namespace preceptor::server
