#pragma once
// A small HTTP client over a plain socket, so that tests can also send what no proper client would.
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace preceptor::server::tests {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Answer {
  int status = 0;                                   // 0: the connection ended without an answer
  std::multimap<std::string, std::string> headers;  // names in lower case
  std::string body;

  std::string header(const std::string& name) const;
  nlohmann::json json() const;
};

class Connection {
public:
  explicit Connection(std::uint16_t port);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // False when the other end has closed.
  bool send(std::string_view bytes);
  // The next answer; waits at most a minute for each piece. `to_head`: it has no body.
  Answer receive(bool to_head = false);
  // Headers of an answer whose body is a stream.
  Answer receive_head();
  // The next server-sent event of a chunked stream, as it was sent, without its closing empty line.
  std::optional<std::string> receive_event();
  Answer request(const std::string& method, const std::string& path, const std::string& body = {},
                 const Headers& headers = {});
  // Whether the other end closes within the given time.
  bool closes_within(int milliseconds);

private:
  bool fill();
  std::string take(std::size_t bytes);
  std::optional<std::string> take_line();
  bool read_chunk();

  int socket_ = -1;
  std::string received_;
  std::string stream_;
};

std::string request_text(const std::string& method, const std::string& path, const std::string& body,
                         const Headers& headers);

}  // namespace preceptor::server::tests
