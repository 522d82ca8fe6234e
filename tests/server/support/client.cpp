#include "tests/support/client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace preceptor::server::tests {

std::string Answer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

nlohmann::json Answer::json() const { return nlohmann::json::parse(body, nullptr, false); }

Connection::Connection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("cannot connect to the server under test");
}

Connection::~Connection() { ::close(socket_); }

bool Connection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool Connection::fill() {
  pollfd waiting{socket_, POLLIN, 0};
  if (::poll(&waiting, 1, 60'000) != 1) return false;
  char buffer[16384];
  const auto got = ::recv(socket_, buffer, sizeof buffer, 0);
  if (got <= 0) return false;
  received_.append(buffer, static_cast<std::size_t>(got));
  return true;
}

std::string Connection::take(std::size_t bytes) {
  while (received_.size() < bytes && fill()) {}
  std::string taken = received_.substr(0, bytes);
  received_.erase(0, taken.size());
  return taken;
}

std::optional<std::string> Connection::take_line() {
  std::size_t end = 0;
  while ((end = received_.find("\r\n")) == std::string::npos) {
    if (!fill()) return std::nullopt;
  }
  std::string line = received_.substr(0, end);
  received_.erase(0, end + 2);
  return line;
}

Answer Connection::receive_head() {
  Answer answer;
  const auto first = take_line();
  if (!first || !first->starts_with("HTTP/1.1 ")) return answer;
  answer.status = std::stoi(first->substr(9));
  for (auto line = take_line(); line && !line->empty(); line = take_line()) {
    const auto colon = line->find(": ");
    std::string name = line->substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    answer.headers.emplace(name, line->substr(colon + 2));
  }
  return answer;
}

Answer Connection::receive(bool to_head) {
  Answer answer = receive_head();
  if (answer.status == 100) answer = receive_head();
  if (const auto length = answer.header("content-length"); !length.empty() && !to_head)
    answer.body = take(std::stoul(length));
  return answer;
}

bool Connection::read_chunk() {
  const auto size = take_line();
  if (!size) return false;
  const auto bytes = std::stoul(*size, nullptr, 16);
  stream_ += take(bytes);
  take_line();
  return bytes > 0;
}

std::optional<std::string> Connection::receive_event() {
  for (;;) {
    if (const auto end = stream_.find("\n\n"); end != std::string::npos) {
      std::string event = stream_.substr(0, end);
      stream_.erase(0, end + 2);
      return event;
    }
    if (!read_chunk()) return std::nullopt;
  }
}

std::string request_text(const std::string& method, const std::string& path, const std::string& body,
                         const Headers& headers) {
  std::string text = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n";
  for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + body;
}

Answer Connection::request(const std::string& method, const std::string& path, const std::string& body,
                           const Headers& headers) {
  Headers all = headers;
  const bool typed =
      std::any_of(headers.begin(), headers.end(), [](const auto& h) { return h.first == "Content-Type"; });
  if (!body.empty() && !typed) all.emplace_back("Content-Type", "application/json");
  send(request_text(method, path, body, all));  // the answer may come before all of it is sent
  return receive(method == "HEAD");
}

bool Connection::closes_within(int milliseconds) {
  pollfd waiting{socket_, POLLIN, 0};
  if (::poll(&waiting, 1, milliseconds) != 1) return false;
  char byte;
  return ::recv(socket_, &byte, 1, 0) <= 0;
}

}  // namespace preceptor::server::tests
