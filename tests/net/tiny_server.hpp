#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>

namespace preceptor::net {

// A connection that a test's handler reads one request from and writes anything to.
class Peer {
public:
  explicit Peer(int socket) : socket_(socket) {}

  // Head and body of the next request; empty when the client has gone.
  std::string request() const {
    std::string text;
    char bytes[4096];
    for (;;) {
      const auto head_end = text.find("\r\n\r\n");
      if (head_end != std::string::npos && text.size() >= head_end + 4 + body_bytes(text)) return text;
      const ssize_t got = ::recv(socket_, bytes, sizeof bytes, 0);
      if (got <= 0) return {};
      text.append(bytes, static_cast<std::size_t>(got));
    }
  }
  void write(std::string_view text) const { ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL); }
  void answer(std::string_view status, std::string_view body, std::string_view headers = "") const {
    write("HTTP/1.1 " + std::string(status) + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
          std::string(headers) + "\r\n" + std::string(body));
  }

private:
  static std::size_t body_bytes(const std::string& head) {
    const auto at = head.find("Content-Length: ");
    return at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
  }
  int socket_;
};

// Listens on a free port of 127.0.0.1 and hands every connection to the handler, one after the other.
class TinyServer {
public:
  explicit TinyServer(std::function<void(const Peer&, int connection)> handler)
      : handler_(std::move(handler)) {
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
  ~TinyServer() { stop(); }
  TinyServer(const TinyServer&) = delete;
  TinyServer& operator=(const TinyServer&) = delete;

  void stop() {
    if (!thread_.joinable()) return;
    ::shutdown(listener_, SHUT_RDWR);
    const int open = current_.exchange(-1);
    if (open >= 0) ::shutdown(open, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  std::string url(std::string_view path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
  }
  int connections() const { return connections_; }

private:
  void serve() {
    for (;;) {
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) return;
      current_ = socket;
      handler_(Peer(socket), ++connections_);
      current_ = -1;
      ::close(socket);
    }
  }

  std::function<void(const Peer&, int)> handler_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> current_ = -1;
  std::atomic<int> connections_ = 0;
  std::thread thread_;
};

}  // namespace preceptor::net
