#pragma once
// The server of one workspace: the API, its event streams and the web app, from start to stop. It also seals
// the event log once a second.
#include <cstdint>
#include <memory>

#include "base/result.hpp"
#include "server/http/server.hpp"
#include "server/parts.hpp"

namespace preceptor::server {

struct Options {
  http::ServerOptions http;     // 127.0.0.1:8420
  bool secure_cookies = false;  // behind TLS
  bool log_requests = false;    // all of them; slow ones and failures are logged anyway
};

class Server {
public:
  // Serves at once. Refuses with conflict when the port is in use.
  static Result<std::unique_ptr<Server>> start(const Options& options, Parts parts);
  // Stops as stop() does.
  ~Server();

  std::uint16_t port() const;
  void stop();

private:
  struct State;
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace preceptor::server
