#include "tests/support/file_host.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string_view>

namespace preceptor::cli::tests {
namespace {

std::string head_of_request(int socket) {
  std::string text;
  char bytes[4096];
  while (text.find("\r\n\r\n") == std::string::npos) {
    const ssize_t got = ::recv(socket, bytes, sizeof bytes, 0);
    if (got <= 0) return {};
    text.append(bytes, static_cast<std::size_t>(got));
  }
  return text;
}

void send_all(int socket, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
}

// "Range: bytes=N-"; nothing of the kind: npos.
std::size_t range_begin(const std::string& head) {
  const auto at = head.find("Range: bytes=");
  return at == std::string::npos ? std::string::npos : std::stoul(head.substr(at + 13));
}

}  // namespace

FileHost::FileHost(std::string path, std::string content)
    : path_(std::move(path)), content_(std::move(content)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
  ::listen(listener_, 8);
  socklen_t size = sizeof address;
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

FileHost::~FileHost() {
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

std::string FileHost::address() const { return "http://127.0.0.1:" + std::to_string(port_); }

std::vector<std::size_t> FileHost::begins() const {
  const std::scoped_lock lock(mutex_);
  return begins_;
}

void FileHost::serve() {
  for (;;) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    answer(socket);
    ::close(socket);
  }
}

void FileHost::answer(int socket) {
  const std::string head = head_of_request(socket);
  if (!head.starts_with("GET " + path_ + " "))
    return send_all(socket, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  const std::size_t asked = range_begin(head);
  const std::size_t begin = asked == std::string::npos ? 0 : asked;
  {
    const std::scoped_lock lock(mutex_);
    begins_.push_back(begin);
  }
  const std::string_view rest = std::string_view(content_).substr(begin);
  std::string start = asked == std::string::npos ? "HTTP/1.1 200 OK\r\n" : "HTTP/1.1 206 Partial Content\r\n";
  if (asked != std::string::npos) {
    const std::string size = std::to_string(content_.size());
    start += "Content-Range: bytes " + std::to_string(begin) + "-" + std::to_string(content_.size() - 1) +
             "/" + size + "\r\n";
  }
  start += "Content-Length: " + std::to_string(rest.size()) + "\r\nConnection: close\r\n\r\n";
  send_all(socket, start);
  send_all(socket, breaks_-- > 0 ? rest.substr(0, rest.size() / 2) : rest);
}

}  // namespace preceptor::cli::tests
