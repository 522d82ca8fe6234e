#include "cli/bench/server/plain_connection.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

#include "base/format.hpp"
#include "base/result.hpp"

namespace preceptor::cli {

PlainConnection::PlainConnection(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (socket_ < 0 || ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    if (socket_ >= 0) ::close(socket_);
    throw Failure(ErrorKind::unavailable, format("Nobody listens on port {}.", port));
  }
  const int yes = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  ::fcntl(socket_, F_SETFL, ::fcntl(socket_, F_GETFL) | O_NONBLOCK);
}

PlainConnection::~PlainConnection() { ::close(socket_); }

bool PlainConnection::send(std::string_view request) {
  while (!request.empty()) {
    const ssize_t sent = ::send(socket_, request.data(), request.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      request.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      pollfd writable{.fd = socket_, .events = POLLOUT, .revents = 0};
      ::poll(&writable, 1, 1000);
    } else {
      return false;
    }
  }
  return true;
}

PlainConnection::Received PlainConnection::receive(PlainAnswer& answer) {
  char buffer[16384];
  for (;;) {
    const ssize_t got = ::recv(socket_, buffer, sizeof buffer, 0);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return Received::end;
    if (got > 0) received_.append(buffer, static_cast<std::size_t>(got));
    if (complete(answer)) return Received::answer;
    if (got < 0 || static_cast<std::size_t>(got) < sizeof buffer) return Received::nothing_yet;
  }
}

bool PlainConnection::complete(PlainAnswer& answer) {
  constexpr std::string_view end_of_head = "\r\n\r\n";
  const std::size_t end = received_.find(end_of_head);
  if (end == std::string::npos || received_.size() < 12) return false;
  const std::string_view head = std::string_view(received_).substr(0, end);
  constexpr std::string_view name = "\r\nContent-Length: ";
  std::size_t length = 0;
  if (const std::size_t place = head.find(name); place != std::string_view::npos)
    std::from_chars(head.data() + place + name.size(), head.data() + head.size(), length);
  const std::size_t whole = end + end_of_head.size() + length;
  if (received_.size() < whole) return false;
  std::from_chars(head.data() + 9, head.data() + 12, answer.status);
  answer.body.assign(received_, end + end_of_head.size(), length);
  received_.erase(0, whole);
  return true;
}

PlainAnswer PlainConnection::call(std::string_view request) {
  PlainAnswer answer;
  bool open = send(request);
  while (open) {
    pollfd readable{.fd = socket_, .events = POLLIN, .revents = 0};
    ::poll(&readable, 1, 60'000);
    const Received received = receive(answer);
    if (received == Received::answer) return answer;
    open = received == Received::nothing_yet && readable.revents != 0;
  }
  throw Failure(ErrorKind::unavailable, "The server closed the connection or said nothing for a minute.");
}

std::string plain_request(std::string_view method, std::string_view path, std::string_view headers,
                          std::string_view body) {
  std::string text;
  text.reserve(256 + headers.size() + body.size());
  text.append(method).append(" ").append(path).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n").append(headers);
  if (!body.empty()) {
    text.append("Content-Type: application/json\r\nContent-Length: ").append(std::to_string(body.size()));
    text.append("\r\n");
  }
  return text.append("\r\n").append(body);
}

std::string_view json_field(std::string_view body, std::string_view key) {
  for (std::size_t at = body.find(key); at != std::string_view::npos; at = body.find(key, at + 1)) {
    const std::size_t after = at + key.size();
    if (at == 0 || body[at - 1] != '"' || body.substr(after, 2) != "\":") continue;
    std::string_view value = body.substr(after + 2);
    if (!value.empty() && value.front() == '"') {
      value.remove_prefix(1);
      return value.substr(0, value.find('"'));
    }
    return value.substr(0, value.find_first_of(",}]"));
  }
  return {};
}

}  // namespace preceptor::cli
