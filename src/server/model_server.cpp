#include "server/model_server.hpp"

#include <stop_token>

#include "server/openai/answer.hpp"
#include "server/openai/endpoint.hpp"

namespace preceptor::server {
namespace {

constexpr std::size_t body_bytes_max = 8 << 20;

http::Response plain(int status, std::string text) {
  http::Response response;
  response.status = status;
  response.headers.emplace_back("Content-Type", "text/plain");
  response.body = std::move(text);
  return response;
}

// A page of another site must not use the model through its reader's browser.
bool from_another_site(const http::Request& request) {
  const auto origin = request.header("origin");
  const auto scheme_end = origin.find("://");
  if (origin.empty()) return false;
  return scheme_end == std::string_view::npos || origin.substr(scheme_end + 3) != request.header("host");
}

bool names_this_machine(std::string_view host) {
  const auto name = host.substr(0, host.front() == '[' ? host.find(']') + 1 : host.find(':'));
  return name == "localhost" || name == "127.0.0.1" || name == "[::1]";
}

}  // namespace

struct ModelServer::State final : http::Handler {
  State(openai::Models models, const Clock& clock)
      : endpoint(
            std::move(models),
            [](const http::Request&) -> Result<feedback::Actor> { return feedback::Actor{}; }, clock,
            stopping.get_token()) {}

  std::size_t body_bytes_max(std::string_view, std::string_view) override { return server::body_bytes_max; }

  void handle(http::Request request, std::shared_ptr<http::Reply> reply) override {
    const auto host = request.header("host");
    if (from_another_site(request) || host.empty() || !names_this_machine(host))
      return reply->send(openai::error_answer({ErrorKind::forbidden,
                                               "This request comes from another site",
                                               "Use the server's own address",
                                               {}}));
    if (openai::Endpoint::serves(request.path)) return endpoint.handle(std::move(request), std::move(reply));
    if (request.path == "/healthz" || request.path == "/readyz") return reply->send(plain(200, "alive\n"));
    reply->send(openai::error_answer(
        {ErrorKind::not_found, "There is nothing at this path", "The API is below /v1", {}}));
  }

  http::Response broken(int status) override {
    http::Response response =
        openai::error_answer({status == 503 ? ErrorKind::unavailable : ErrorKind::invalid,
                              "The request is broken or too large",
                              {},
                              {}});
    response.status = status;
    return response;
  }

  std::stop_source stopping;
  openai::Endpoint endpoint;
  std::unique_ptr<http::Server> http;
  bool stopped = false;
};

ModelServer::ModelServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
ModelServer::~ModelServer() { stop(); }
std::uint16_t ModelServer::port() const { return state_->http->port(); }

Result<std::unique_ptr<ModelServer>> ModelServer::start(const http::ServerOptions& options,
                                                        openai::Models models, const Clock& clock) {
  if (!options.address.starts_with("127.") && options.address != "::1")
    return refuse(ErrorKind::invalid, "a model is served without sign-in on the machine itself alone",
                  "Use 127.0.0.1, or serve a workspace, which asks for API tokens.");
  auto state = std::make_unique<State>(std::move(models), clock);
  auto http = http::Server::start(options, *state);
  if (!http) return tl::unexpected(http.error());
  state->http = std::move(*http);
  return std::unique_ptr<ModelServer>(new ModelServer(std::move(state)));
}

void ModelServer::stop() {
  if (std::exchange(state_->stopped, true)) return;
  state_->stopping.request_stop();
  state_->http->stop();
  state_->endpoint.stop();
}

}  // namespace preceptor::server
