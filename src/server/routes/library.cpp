// The project's sources; the model as those see it who write prompts or talk to it for a task.
#include "feedback/library.hpp"

#include "server/api/library.hpp"
#include "server/routes/table.hpp"
#include "server/routes/translate.hpp"

namespace preceptor::server {

namespace {

using feedback::ProjectId;
using feedback::Right;
using feedback::TaskId;
using wire::List;
using wire::Nothing;

constexpr std::int64_t reply_tokens_max = 512;

api::Source source_to_api(const feedback::Source& source) {
  return {source.id, source.title, source.address, source.excerpt, source.sha256, source.created_at};
}

Result<api::Source> add_source(Call& call, loop::Records& records, const api::NewSource& input) {
  feedback::Source source;
  source.title = input.title;
  source.address = input.address;
  source.excerpt = input.excerpt;
  return feedback::add_source(records, call.actor(), call.id<ProjectId>(0), source, call.clock())
      .map([](const auto& added) { return source_to_api(added); });
}

Result<List<api::Source>> list_sources(Call& call, loop::Records& records, const api::SourceQuery& query) {
  auto asked = page(call, query);
  if (!asked) return tl::unexpected(asked.error());
  const auto found =
      feedback::list_sources(records, call.actor(), call.id<ProjectId>(0), query.words.value_or(""), *asked);
  if (!found) return tl::unexpected(found.error());
  List<api::Source> list;
  for (const auto& source : found->items) list.items.push_back(source_to_api(source));
  if (found->next) list.next_cursor = cursor_of(*call.route, *found->next);
  return list;
}

Result<api::Exchange> try_model(Call& call, const api::Trial& input) {
  auto& storage = call.context.parts.storage;
  feedback::Exchange exchange;
  exchange.task = call.id<TaskId>(0);
  exchange.messages = from_api(input.messages);
  const auto model = loop::read(storage, [&](loop::Records& records) {
    return feedback::check_trial(records, call.actor(), exchange.task, exchange.messages);
  });
  if (!model) return tl::unexpected(model.error());
  exchange.model = *model;
  // The task gives the right to talk to the model, whatever the role; that it is held was checked above.
  feedback::Actor talker = call.actor();
  talker.administrator = true;
  talker.scope = feedback::TokenScope::write;
  loop::ChatRequest request;
  request.model = *model;
  request.messages = exchange.messages;
  request.tokens_max = reply_tokens_max;
  request.seed = static_cast<std::uint64_t>(call.clock().now().microseconds);
  const auto on_text = [&](std::string_view) { return !call.context.stopping.stop_requested(); };
  auto reply = call.context.parts.chat(talker, request, on_text, call.context.stopping.get_token());
  if (!reply) return tl::unexpected(reply.error());
  exchange.reply = std::move(reply->text);
  exchange.finish = std::move(reply->finish);
  return loop::write(storage, [&](loop::Records& records) {
    return feedback::keep_trial(records, call.actor(), exchange, call.clock()).map([](const auto& kept) {
      return to_api(kept);
    });
  });
}

Result<api::Exchanges> my_trials(Call& call, loop::Records& records, const Nothing&) {
  const auto found = feedback::my_trials(records, call.actor(), call.id<TaskId>(0));
  if (!found) return tl::unexpected(found.error());
  return api::Exchanges{all_to_api(*found)};
}

}  // namespace

std::vector<Route> library_routes() {
  const auto topic = "library";
  return {
      write({.method = "POST",
             .path = "/projects/{project}/sources",
             .operation = "addSource",
             .summary = "Adds a source to the project's library",
             .topic = topic,
             .access = Access::member(Right::judge),
             .status = 201},
            add_source),
      read({.method = "GET",
            .path = "/projects/{project}/sources",
            .operation = "listSources",
            .summary = "The project's sources",
            .topic = topic,
            .access = Access::member(Right::see_project)},
           list_sources),
      unbound({.method = "POST",
               .path = "/tasks/{task}/trials",
               .operation = "tryModel",
               .summary = "What the project's model answers, kept for the judgment to speak of",
               .topic = topic,
               .access = Access::member(Right::judge),
               .errors = {ErrorKind::conflict, ErrorKind::unsupported},
               .status = 201},
              try_model),
      read({.method = "GET",
            .path = "/tasks/{task}/trials",
            .operation = "myTrials",
            .summary = "What the model answered one in this task",
            .topic = topic,
            .access = Access::member(Right::see_project)},
           my_trials),
  };
}

}  // namespace preceptor::server
