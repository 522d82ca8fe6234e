#include "server/serving.hpp"

#include "base/log_fields.hpp"
#include "server/answers.hpp"
#include "server/problem.hpp"
#include "server/wire/writer.hpp"

namespace preceptor::server {

namespace {

constexpr std::chrono::seconds slow_request{1};

}  // namespace

void Serving::answered(int status) {
  told_ = true;
  const auto took = std::chrono::steady_clock::now() - begun;
  const std::string_view operation = route == nullptr ? std::string_view() : route->operation;
  call.context.metrics.served(operation, status, took);
  if (!call.context.log_requests && took < slow_request) return;
  log_fields(took < slow_request ? LogLevel::info : LogLevel::warning, "request",
             {{"request_id", id},
              {"method", request.method},
              {"operation", std::string(operation)},
              {"status", std::to_string(status)},
              {"ms", std::to_string(std::chrono::duration<double, std::milli>(took).count())},
              {"person", std::to_string(call.caller.actor.person.value)}});
}

int Serving::status_with(const std::shared_ptr<const void>& value) const {
  return value == nullptr || route->output->kind == wire::Kind::nothing ? 204 : route->status;
}

void Serving::keep_answer(const std::shared_ptr<const void>& value) {
  claim->status = status_with(value);
  if (claim->status != 204 && !route->answers_secret)
    wire::write_json(claim->body, *route->output, value.get());
}

void Serving::send(http::Response response) {
  answered(response.status);
  for (auto& header : call.response_headers) response.headers.push_back(std::move(header));
  response.headers.emplace_back("X-Request-Id", id);
  reply->send(std::move(response));
}

void Serving::refuse(const Error& error) {
  http::Response response = problem(error);
  if (response.status >= 500)
    log_error("request {}: {} {}: {}", id, request.method, request.path, error.text());
  if (error.kind == ErrorKind::unauthenticated) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  add_api_headers(response);
  send(std::move(response));
}

}  // namespace preceptor::server
