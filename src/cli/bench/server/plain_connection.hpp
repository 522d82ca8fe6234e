// One kept-alive HTTP/1.1 connection to 127.0.0.1 that never waits: as little work as a client can do, so
// that what is measured is the server.
#pragma once

#include <string>
#include <string_view>

namespace preceptor::cli {

struct PlainAnswer {
  int status = 0;
  std::string body;
};

class PlainConnection {
public:
  // Throws Failure(unavailable) when nobody listens.
  explicit PlainConnection(int port);
  ~PlainConnection();
  PlainConnection(const PlainConnection&) = delete;
  PlainConnection& operator=(const PlainConnection&) = delete;

  int descriptor() const { return socket_; }
  // False when the connection has ended.
  bool send(std::string_view request);
  enum class Received { nothing_yet, answer, end };
  // Takes what has arrived; fills the answer when all of it is here.
  Received receive(PlainAnswer& answer);
  // The same, waiting. Throws Failure(unavailable) when the connection ends first.
  PlainAnswer call(std::string_view request);

private:
  bool complete(PlainAnswer& answer);

  int socket_;
  std::string received_;
};

// headers: lines that end in \r\n.
std::string plain_request(std::string_view method, std::string_view path, std::string_view headers,
                          std::string_view body);

// The value after "key" in a JSON text, up to a comma, quote or bracket; empty when the key is not there.
std::string_view json_field(std::string_view body, std::string_view key);

}  // namespace preceptor::cli
