#include "server/openai/endpoint.hpp"

#include <algorithm>
#include <atomic>

#include "base/log.hpp"
#include "server/answers.hpp"
#include "server/openai/answer.hpp"
#include "server/openai/request.hpp"

namespace preceptor::server::openai {
namespace {

constexpr std::chrono::milliseconds wait_max{100};  // between looks at whether anybody still listens

}  // namespace

struct Endpoint::Serving {
  http::Request request;
  std::shared_ptr<http::Reply> reply;
  std::atomic<bool> client_gone{false};
  std::unique_ptr<loop::Completion> texts;
  std::unique_ptr<Answer> answer;

  void send(http::Response response) {
    add_api_headers(response);
    if (reply) std::exchange(reply, nullptr)->send(std::move(response));
  }
  void send_json(std::string body) {
    http::Response response;
    response.headers.emplace_back("Content-Type", "application/json");
    response.body = std::move(body);
    send(std::move(response));
  }
  void refuse(const Error& error) {
    if (error.kind == ErrorKind::internal) log_error("{} {}: {}", request.method, request.path, error.text());
    send(error_answer(error));
  }
};

Endpoint::Endpoint(Models models, Authenticate authenticate, const Clock& clock, std::stop_token stopping)
    : models_(std::move(models)),
      authenticate_(std::move(authenticate)),
      clock_(clock),
      stopping_(std::move(stopping)) {}
Endpoint::~Endpoint() { stop(); }

void Endpoint::stop() { pool_.stop(); }

bool Endpoint::serves(std::string_view path) { return path == "/v1" || path.starts_with("/v1/"); }

void Endpoint::handle(http::Request request, std::shared_ptr<http::Reply> reply) {
  auto serving = std::make_shared<Serving>();
  serving->request = std::move(request);
  serving->reply = std::move(reply);
  const bool posted = pool_.post([this, serving] {
    try {
      serve(serving);
    } catch (...) {
      serving->refuse(error_of(std::current_exception()));
    }
  });
  if (!posted) serving->refuse({ErrorKind::unavailable, "The server is stopping", {}, {}});
}

void Endpoint::serve(const std::shared_ptr<Serving>& serving) {
  const http::Request& request = serving->request;
  const auto actor = authenticate_(request);
  if (!actor) return serving->refuse(actor.error());
  const bool models = request.path == "/v1/models" || request.path.starts_with("/v1/models/");
  const bool texts = request.path == "/v1/chat/completions" || request.path == "/v1/completions";
  if (models && request.method == "GET") return show_models(serving, *actor);
  if (texts && request.method == "POST") return write_texts(serving, *actor);
  Error error{ErrorKind::not_found, "There is nothing at " + request.method + " " + request.path, {}, {}};
  http::Response response = error_answer(error);
  if (models || texts) {
    response.status = 405;
    response.headers.emplace_back("Allow", models ? "GET" : "POST");
  }
  serving->send(std::move(response));
}

void Endpoint::show_models(const std::shared_ptr<Serving>& serving, const feedback::Actor& actor) {
  const auto all = models_.list(actor);
  constexpr std::string_view prefix = "/v1/models/";
  const std::string_view path = serving->request.path;
  if (path.size() < prefix.size()) return serving->send_json(model_list_json(all));
  const auto found = std::ranges::find(all, path.substr(prefix.size()), &NamedModel::name);
  if (found == all.end())
    return serving->refuse({ErrorKind::not_found, "There is no such model", {}, "model"});
  serving->send_json(model_json(*found));
}

void Endpoint::write_texts(const std::shared_ptr<Serving>& serving, const feedback::Actor& actor) {
  const http::Request& request = serving->request;
  const std::string_view type = request.header("content-type");
  if (!type.empty() && !type.starts_with("application/json"))
    return serving->refuse({ErrorKind::unsupported, "The body must be JSON", {}, {}});
  const auto wanted = read_request(request.path == "/v1/completions" ? Kind::text : Kind::chat, request.body);
  if (!wanted) return serving->refuse(wanted.error());
  const auto model = models_.open(actor, wanted->model);
  if (!model) return serving->refuse(model.error());
  auto texts = (*model)->start(wanted->prompts, wanted->samples, wanted->settings);
  if (!texts) return serving->refuse(texts.error());
  serving->texts = *std::move(texts);
  serving->answer = std::make_unique<Answer>(*wanted, clock_.now().microseconds / 1'000'000);
  wanted->stream ? answer_in_chunks(serving) : answer_whole(serving);
}

void Endpoint::answer_whole(const std::shared_ptr<Serving>& serving) {
  serving->reply->when_client_goes([weak = std::weak_ptr(serving)] {
    if (const auto still = weak.lock()) still->client_gone = true;
  });
  while (!serving->texts->ended()) {
    if (stopping_.stop_requested())
      return serving->refuse({ErrorKind::unavailable, "The server is stopping", {}, {}});
    if (serving->client_gone) return serving->texts.reset();
    if (const auto piece = serving->texts->next(wait_max)) serving->answer->gather(*piece);
  }
  serving->send_json(serving->answer->whole());
}

void Endpoint::answer_in_chunks(const std::shared_ptr<Serving>& serving) {
  const auto write = [this, serving](const std::shared_ptr<http::EventSink>& sink) {
    while (!serving->texts->ended() && !stopping_.stop_requested() && sink->is_open()) {
      const auto piece = serving->texts->next(wait_max);
      if (!piece) continue;
      for (const std::string& chunk : serving->answer->chunks(*piece)) sink->send("", chunk);
    }
    const bool whole = serving->texts->ended();
    serving->texts.reset();
    if (!whole) return;
    for (const std::string& chunk : serving->answer->last_chunks()) sink->send("", chunk);
  };
  http::Response response;
  response.headers.emplace_back("Content-Type", "text/event-stream");
  response.headers.emplace_back("X-Accel-Buffering", "no");
  response.events = [this, write](std::shared_ptr<http::EventSink> sink) {
    const bool posted = pool_.post([write, sink] {
      try {
        write(sink);
      } catch (...) {
        const Error error = error_of(std::current_exception());
        log_error("a stream of text ended early: {}", error.text());
        sink->send("", error_json(error));
      }
      sink->close();
    });
    if (!posted) sink->close();
  };
  serving->send(std::move(response));
}

}  // namespace preceptor::server::openai
