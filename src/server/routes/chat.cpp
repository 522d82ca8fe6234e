// Talking to a model, word by word.
#include "server/routes/table.hpp"
#include "server/routes/translate.hpp"
#include "server/wire/writer.hpp"

namespace preceptor::server {

namespace {

using feedback::ModelId;
using feedback::Right;

std::string delta_data(std::string_view text) {
  api::ChatEvent event;
  event.delta = text;
  return wire::to_json(event);
}

std::string ending_data(const Result<loop::ChatReply>& reply) {
  api::ChatEvent event;
  event.done = true;
  if (reply) {
    event.finish = reply->finish;
    event.tokens = reply->tokens;
  } else {
    event.error = reply.error().message;
  }
  return wire::to_json(event);
}

// What can be refused is refused before the stream starts, with a status that says so.
Result<void> check_chat(const Call& call, ModelId model) {
  return loop::read(call.context.parts.storage, [&](loop::Records& records) -> Result<void> {
    const auto found = records.model(model);
    if (!found) return refuse(ErrorKind::not_found, "There is no such model");
    return feedback::require(records, call.actor(), found->project, Right::chat).map([](const auto&) {});
  });
}

Result<http::Response> chat(Call& call, const api::ChatRequest& input) {
  const auto model = call.id<ModelId>(0);
  if (auto checked = check_chat(call, model); !checked) return tl::unexpected(checked.error());
  if (input.messages.back().role != "user")
    return refuse(ErrorKind::invalid, "The last message must be the user's", {}, "/messages");
  loop::ChatRequest request;
  request.model = model;
  request.messages = from_api(input.messages);
  request.temperature = input.temperature;
  request.tokens_max = input.tokens_max;
  request.seed = static_cast<std::uint64_t>(input.seed);
  http::Response response;
  response.events = [actor = call.actor(), &context = call.context,
                     request = std::move(request)](std::shared_ptr<http::EventSink> sink) {
    const auto on_text = [&](std::string_view text) {
      return sink->send("", delta_data(text)) && !context.stopping.stop_requested();
    };
    const auto reply = context.parts.chat(actor, request, on_text, context.stopping.get_token());
    sink->send("", ending_data(reply));
    sink->close();
  };
  return response;
}

}  // namespace

std::vector<Route> chat_routes() {
  return {
      stream({.method = "POST",
              .path = "/models/{model}/chat",
              .operation = "chat",
              .summary = "The model's answer as server-sent events: delta …, then done",
              .topic = "chat",
              .access = Access::member(Right::chat)},
             wire::type_of<api::ChatEvent>(), chat),
  };
}

}  // namespace preceptor::server
