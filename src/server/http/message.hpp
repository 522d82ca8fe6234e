#pragma once
// Requests and responses, free of any library.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace preceptor::server::http {

struct Request {
  std::string method;                                        // "GET"
  std::string path;                                          // as sent, without the query
  std::string query;                                         // as sent, without the question mark
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
  std::string client;  // address without port

  // The first header of that (lower-case) name; empty when there is none.
  std::string_view header(std::string_view name) const;
};

// A server-sent event stream that is open. Copies share one stream; it ends when close() is called or the
// last copy is gone. Safe from any thread.
class EventSink {
public:
  virtual ~EventSink() = default;
  // False once the client has gone. Waits while the client is far behind, and gives up on it after a while.
  // Without data it is only a sign of life, which keeps the stream open.
  virtual bool send(std::string_view event, std::string_view data) = 0;
  // The same without waiting: a client that is far behind is given up at once.
  virtual bool offer(std::string_view event, std::string_view data) = 0;
  virtual bool is_open() const = 0;
  virtual void close() = 0;
};

struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  // Instead of `body`: bytes that live as long as the program.
  std::string_view static_body;
  // Instead of both: called once the headers are out. It must not block.
  std::function<void(std::shared_ptr<EventSink>)> events;

  std::string_view content() const { return static_body.empty() ? std::string_view(body) : static_body; }
};

}  // namespace preceptor::server::http
