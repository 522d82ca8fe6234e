#pragma once
// OpenAI's paths: /v1/models, /v1/chat/completions, /v1/completions.
#include <functional>
#include <memory>
#include <stop_token>

#include "base/time.hpp"
#include "server/http/handler_pool.hpp"
#include "server/http/server.hpp"
#include "server/openai/models.hpp"

namespace preceptor::server::openai {

class Endpoint {
public:
  using Authenticate = std::function<Result<feedback::Actor>(const http::Request&)>;

  // All must outlive it. `stopping` ends what is under way.
  Endpoint(Models models, Authenticate authenticate, const Clock& clock, std::stop_token stopping);
  ~Endpoint();

  static bool serves(std::string_view path);  // any below /v1

  // Answers from threads of its own: does not block. A client that goes away cancels its texts.
  void handle(http::Request request, std::shared_ptr<http::Reply> reply);
  void stop();

private:
  struct Serving;
  void serve(const std::shared_ptr<Serving>& serving);
  void show_models(const std::shared_ptr<Serving>& serving, const feedback::Actor& actor);
  void write_texts(const std::shared_ptr<Serving>& serving, const feedback::Actor& actor);
  void answer_whole(const std::shared_ptr<Serving>& serving);
  void answer_in_chunks(const std::shared_ptr<Serving>& serving);

  Models models_;
  Authenticate authenticate_;
  const Clock& clock_;
  std::stop_token stopping_;
  http::HandlerPool pool_{256};  // they wait for the model most of the time
};

}  // namespace preceptor::server::openai
