// Any bytes on a connection of the real HTTP server with its real dispatcher. Every answer that comes is one
// that the server means: nothing a stranger sends makes an internal error. Beside the handlers no database is
// needed: who is not signed in gets no further.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>

#include "base/log.hpp"
#include "driver/input.hpp"
#include "server/dispatcher.hpp"
#include "store/store.hpp"

using namespace preceptor;

namespace {

struct Running {
  std::unique_ptr<store::Database> database =
      store::open({.database = fuzz::scratch_folder() / "preceptor.db"});
  SystemClock clock;
  server::Context context{server::Parts{*database, clock, {}}};
  server::Dispatcher dispatcher{context};
  std::unique_ptr<server::http::Server> http;

  Running() {
    set_log_level(LogLevel::error);
    auto started = server::http::Server::start({.port = 0}, dispatcher);
    fuzz::require(started.has_value(), "a server can be started");
    http = std::move(*started);
  }
  ~Running() {
    http->stop();
    dispatcher.stop();
  }
};

// Everything the server says until it closes.
std::string exchange(std::uint16_t port, std::string_view bytes) {
  const int connection = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  fuzz::require(::connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
                "the server takes connections");
  // A reset instead of a graceful end, so that thousands of connections a minute leave no ports waiting.
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(connection, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  while (!bytes.empty()) {
    const auto sent = ::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) break;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  ::shutdown(connection, SHUT_WR);
  std::string answer;
  char piece[16384];
  for (;;) {
    const auto got = ::recv(connection, piece, sizeof piece, 0);
    if (got <= 0) break;
    answer.append(piece, static_cast<std::size_t>(got));
  }
  ::close(connection);
  return answer;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Running running;
  const std::string_view bytes = fuzz::as_text(data, size);
  if (bytes.find("/session") != std::string_view::npos) return 0;  // hashing passwords is slow on purpose
  const std::string answer = exchange(running.http->port(), bytes);
  if (answer.empty()) return 0;
  fuzz::require(answer.starts_with("HTTP/1.1 ") && answer.size() > 12, "an answer is HTTP");
  const std::string_view status = std::string_view(answer).substr(9, 3);
  fuzz::require(status[0] >= '1' && status[0] <= '4', "no request is the server's own mistake");
  return 0;
}
