#pragma once
// OpenAI's paths over models without a workspace: nobody signs in, so it listens on the machine itself alone.
#include <cstdint>
#include <memory>

#include "base/result.hpp"
#include "base/time.hpp"
#include "server/http/server.hpp"
#include "server/openai/models.hpp"

namespace preceptor::server {

class ModelServer {
public:
  // Refuses with invalid an address that is not a loopback one, with conflict a port that is in use.
  static Result<std::unique_ptr<ModelServer>> start(const http::ServerOptions& options, openai::Models models,
                                                    const Clock& clock);
  // Stops as stop() does.
  ~ModelServer();

  std::uint16_t port() const;
  void stop();

private:
  struct State;
  explicit ModelServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace preceptor::server
