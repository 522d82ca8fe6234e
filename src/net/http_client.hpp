#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace preceptor::net {

enum class Method { get, post, put, patch, remove };

struct Header {
  std::string name;
  std::string value;
};

struct Request {
  Method method = Method::get;
  std::string url;  // http:// or https://
  std::vector<Header> headers;
  std::string body;
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds timeout{60000};       // of one whole exchange; streams ignore it
  std::chrono::milliseconds idle_timeout{60000};  // streams: the longest silence
  // Tried again after a refused connection, and after a broken exchange or 429, 502, 503, 504 when repeating
  // does no harm: GET, PUT and DELETE, or a POST that says so (an Idempotency-Key, a pure computation).
  int retries_max = 2;
  std::chrono::milliseconds retry_wait{200};  // doubles each time; Retry-After of the server goes before
  bool repeatable = false;
  std::size_t response_bytes_max = std::size_t{64} << 20U;
};

struct Response {
  int status = 0;
  std::vector<Header> headers;
  std::string body;

  bool ok() const { return status >= 200 && status < 300; }
  // The first header of that name, in any case of letters; empty when there is none.
  std::string_view header(std::string_view name) const;
};

// One message of a server-sent event stream (WHATWG HTML, section 9.2).
struct ServerEvent {
  std::string name = "message";
  std::string data;
  std::string id;
};

// One reusable connection, no cookies, no redirects. Every status of a server is a Response; an Error means
// that there was no whole answer: unavailable (with what to do), too_large, invalid (the request itself) or
// cancelled. Not synchronised: one client a thread.
class HttpClient {
public:
  HttpClient();
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;

  Result<Response> send(const Request& request, std::stop_token stop = {});

  // Hands each event of a 2xx answer to on_event as it arrives and leaves the body empty; any other status
  // comes with its body. on_event returning false ends the stream, which is no error. Connecting is retried,
  // a stream that has begun is not.
  Result<Response> stream(const Request& request, const std::function<bool(const ServerEvent&)>& on_event,
                          std::stop_token stop = {});

  // Hands the bytes of a 2xx answer to on_bytes as they arrive, with its status and headers, and leaves the
  // body empty; any other status comes with its body. on_bytes returning false ends the exchange, which is no
  // error. Time-outs and retries as for stream().
  Result<Response> receive(const Request& request,
                           const std::function<bool(std::string_view bytes, const Response& head)>& on_bytes,
                           std::stop_token stop = {});

private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace preceptor::net
