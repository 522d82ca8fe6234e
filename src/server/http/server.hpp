#pragma once
// An HTTP/1.1 server: keep-alive, limits on everything a stranger can make large or slow, server-sent events.
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "server/http/message.hpp"

namespace preceptor::server::http {

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8420;  // 0: any that is free
  int io_threads = 1;
  std::size_t connections_max = 4096;
  std::uint32_t header_bytes_max = 16 << 10;
  std::chrono::milliseconds idle_wait{75'000};    // between requests
  std::chrono::milliseconds header_wait{10'000};  // from a request's first byte to the end of its headers
  std::chrono::milliseconds body_wait{20'000};  // for the body, and a second more for each 64 KiB it may have
  std::chrono::milliseconds write_wait{30'000};  // for a client to take what is sent
  std::chrono::milliseconds stop_wait{5'000};    // for requests under way when the server stops
};

// Answers one request, once, from any thread. An answer that is dropped closes the connection.
class Reply {
public:
  virtual ~Reply() = default;
  virtual void send(Response response) = 0;
  // Builds the response on the connection's own thread.
  virtual void send_built(std::function<Response()> build) = 0;
  // Calls `told` on the connection's thread when the client goes away before it is answered.
  virtual void when_client_goes(std::function<void()> told) = 0;
};

class Handler {
public:
  virtual ~Handler() = default;
  // The most bytes that the body of such a request may have; asked when its headers are in.
  virtual std::size_t body_bytes_max(std::string_view method, std::string_view path) = 0;
  // Called on an IO thread, so it must not block.
  virtual void handle(Request request, std::shared_ptr<Reply> reply) = 0;
  // The answer to a request that never became one: 400, 413, 431, 503. One that comes too slowly gets none.
  virtual Response broken(int status) = 0;
};

class Server {
public:
  // Listens at once. Refuses with conflict when the port is in use, with invalid when the address is none.
  static Result<std::unique_ptr<Server>> start(const ServerOptions& options, Handler& handler);
  // Stops as stop() does.
  ~Server();

  std::uint16_t port() const;
  // No new connections, no new requests; waits for those under way, up to stop_wait, then closes what is
  // left.
  void stop();

private:
  struct State;
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace preceptor::server::http
