#include "net/http_client.hpp"

#include <curl/curl.h>
#include <strings.h>

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <utility>

#include "base/format.hpp"
#include "net/event_parser.hpp"

namespace preceptor::net {
namespace {

using std::chrono::milliseconds;
using OnEvent = std::function<bool(const ServerEvent&)>;
using OnBytes = std::function<bool(std::string_view, const Response&)>;

// Who takes a 2xx answer piece by piece; at most one of the two.
struct Takers {
  const OnEvent* on_event = nullptr;
  const OnBytes* on_bytes = nullptr;

  bool any() const { return on_event != nullptr || on_bytes != nullptr; }
};

constexpr milliseconds retry_wait_max{30000};

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

const char* name_of(Method method) {
  switch (method) {
    case Method::get: return "GET";
    case Method::post: return "POST";
    case Method::put: return "PUT";
    case Method::patch: return "PATCH";
    case Method::remove: return "DELETE";
  }
  return "GET";
}

bool is_repeatable(const Request& request) {
  return request.repeatable || request.method == Method::get || request.method == Method::put ||
         request.method == Method::remove;
}

bool is_passing(int status) { return status == 429 || status == 502 || status == 503 || status == 504; }

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// What one exchange fills while curl calls back.
struct Exchange {
  const Request& request;
  Takers takers;
  std::stop_token stop;
  CURL* handle;
  Response response;
  EventParser events;
  std::exception_ptr thrown;
  bool too_large = false;
  bool ended_by_caller = false;
  bool began = false;

  bool take(std::string_view bytes) {
    began = true;
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    if (takers.on_bytes != nullptr && status >= 200 && status < 300) {
      response.status = static_cast<int>(status);
      ended_by_caller = !(*takers.on_bytes)(bytes, response);
      return !ended_by_caller;
    }
    if (takers.on_event != nullptr && status >= 200 && status < 300) {
      ended_by_caller = !events.push(bytes, *takers.on_event);
      too_large = events.held_bytes() > request.response_bytes_max;
      return !ended_by_caller && !too_large;
    }
    too_large = response.body.size() + bytes.size() > request.response_bytes_max;
    if (!too_large) response.body += bytes;
    return !too_large;
  }
};

// Exceptions must not pass through curl's C code: they are kept and thrown again behind it.
std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* data) {
  auto& exchange = *static_cast<Exchange*>(data);
  try {
    return exchange.take({bytes, size * count}) ? size * count : 0;
  } catch (...) {
    exchange.thrown = std::current_exception();
    return 0;
  }
}

std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* data) {
  auto& exchange = *static_cast<Exchange*>(data);
  const std::string_view line(bytes, size * count);
  if (line.starts_with("HTTP/")) exchange.response.headers.clear();  // 100 Continue comes before the answer
  const auto colon = line.find(':');
  if (colon != std::string_view::npos && exchange.response.headers.size() < 256) {
    exchange.response.headers.push_back(
        {std::string(trimmed(line.substr(0, colon))), std::string(trimmed(line.substr(colon + 1)))});
  }
  return size * count;
}

int on_progress(void* data, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Exchange*>(data)->stop.stop_requested() ? 1 : 0;
}

// "127.0.0.1:8080" of an address, for messages; also tells whether it is this machine.
std::pair<std::string, bool> host_of(const std::string& url) {
  const std::unique_ptr<CURLU, FreeUrl> parts(curl_url());
  char* host = nullptr;
  char* port = nullptr;
  if (!parts || curl_url_set(parts.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return {url, false};
  curl_url_get(parts.get(), CURLUPART_HOST, &host, 0);
  curl_url_get(parts.get(), CURLUPART_PORT, &port, CURLU_DEFAULT_PORT);
  const std::string name = host != nullptr ? host : "";
  const std::string address = port != nullptr ? name + ":" + port : name;
  curl_free(host);
  curl_free(port);
  return {address, name == "localhost" || name == "[::1]" || name.starts_with("127.")};
}

std::string hint_for(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_CONNECT: return "is the server running, and is this its address and port?";
    case CURLE_COULDNT_RESOLVE_HOST: return "check the host name and this machine's network";
    case CURLE_OPERATION_TIMEDOUT: return "the server is busy or stuck: look at its log, or allow more time";
    case CURLE_PEER_FAILED_VERIFICATION:
      return "its certificate is not trusted here: install its authority's";
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE: return "the server ended in the middle: look at its log, then try again";
    default: return "try again; if it stays, look at the server's log";
  }
}

}  // namespace

std::string_view Response::header(std::string_view name) const {
  for (const Header& header : headers) {
    if (header.name.size() == name.size() && strncasecmp(header.name.data(), name.data(), name.size()) == 0) {
      return header.value;
    }
  }
  return {};
}

struct HttpClient::Connection {
  CURL* handle = nullptr;

  Connection() {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    handle = started == CURLE_OK ? curl_easy_init() : nullptr;
    if (handle == nullptr) throw Failure(ErrorKind::internal, "libcurl could not start");
  }
  ~Connection() { curl_easy_cleanup(handle); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void prepare(const Request& request, curl_slist* headers, Exchange& exchange, bool is_local) const;
  CURLcode exchange_once(const Request& request, Exchange& exchange) const;
  Result<Response> exchange_with_retries(const Request& request, Takers takers,
                                         const std::stop_token& stop) const;
};

void HttpClient::Connection::prepare(const Request& request, curl_slist* headers, Exchange& exchange,
                                     bool is_local) const {
  curl_easy_reset(handle);  // keeps the open connection
  curl_easy_setopt(handle, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, name_of(request.method));
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
  if (is_local) curl_easy_setopt(handle, CURLOPT_PROXY, "");
  if (request.method != Method::get || !request.body.empty()) {
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.data());
  }
  if (exchange.takers.any()) {
    const auto idle_seconds = std::chrono::ceil<std::chrono::seconds>(request.idle_timeout);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(idle_seconds.count()));
  } else {
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  }
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &on_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &on_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &exchange);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, &on_progress);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &exchange);
}

CURLcode HttpClient::Connection::exchange_once(const Request& request, Exchange& exchange) const {
  std::unique_ptr<curl_slist, FreeList> headers;
  const auto add = [&](const std::string& line) {
    curl_slist* longer = curl_slist_append(headers.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    static_cast<void>(headers.release());
    headers.reset(longer);
  };
  add("Expect:");  // no waiting for 100 Continue
  if (exchange.takers.on_event != nullptr) add("Accept: text/event-stream");
  for (const Header& header : request.headers) add(header.name + ": " + header.value);
  prepare(request, headers.get(), exchange, host_of(request.url).second);
  const CURLcode code = curl_easy_perform(handle);
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  exchange.response.status = static_cast<int>(status);
  if (exchange.thrown) std::rethrow_exception(exchange.thrown);
  return code;
}

namespace {

tl::unexpected<Error> error_of(CURLcode code, const Request& request, const Exchange& exchange) {
  if (exchange.stop.stop_requested()) return refuse(ErrorKind::cancelled, "the request was cancelled");
  if (exchange.too_large) {
    return refuse(ErrorKind::too_large,
                  format("the answer is larger than {} bytes", request.response_bytes_max), {}, request.url);
  }
  if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) {
    return refuse(ErrorKind::invalid, "is not an http or https address", "write it as http://host:port/path",
                  request.url);
  }
  return refuse(ErrorKind::unavailable,
                format("no answer from {}: {}", host_of(request.url).first, curl_easy_strerror(code)),
                hint_for(code), request.url);
}

// False when stopped meanwhile.
bool wait(milliseconds span, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any woken;
  std::unique_lock lock(mutex);
  woken.wait_for(lock, stop, span, [] { return false; });
  return !stop.stop_requested();
}

milliseconds wait_before(const Request& request, const Response& response, int attempt) {
  const std::string_view asked = response.header("Retry-After");
  int seconds = 0;
  const auto [end, problem] = std::from_chars(asked.data(), asked.data() + asked.size(), seconds);
  if (!asked.empty() && problem == std::errc{} && end == asked.data() + asked.size() && seconds >= 0) {
    return std::min(milliseconds(seconds * 1000LL), retry_wait_max);
  }
  return std::min<milliseconds>(request.retry_wait * (1LL << std::min(attempt, 16)), retry_wait_max);
}

}  // namespace

Result<Response> HttpClient::Connection::exchange_with_retries(const Request& request, Takers takers,
                                                               const std::stop_token& stop) const {
  for (int attempt = 0;; ++attempt) {
    Exchange exchange{.request = request, .takers = takers, .stop = stop, .handle = handle};
    const CURLcode code = exchange_once(request, exchange);
    const bool answered = code == CURLE_OK || exchange.ended_by_caller;
    const bool never_connected = code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST;
    const bool passing = answered ? is_passing(exchange.response.status) : !exchange.too_large;
    const bool harmless = never_connected || (is_repeatable(request) && !(takers.any() && exchange.began));
    const bool final_code = code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL ||
                            code == CURLE_PEER_FAILED_VERIFICATION;
    const bool again = passing && harmless && !final_code && attempt < request.retries_max;
    if (again && wait(wait_before(request, exchange.response, attempt), stop)) continue;
    if (answered && !stop.stop_requested()) return std::move(exchange.response);
    return error_of(code, request, exchange);
  }
}

HttpClient::HttpClient() : connection_(std::make_unique<Connection>()) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

Result<Response> HttpClient::send(const Request& request, std::stop_token stop) {
  return connection_->exchange_with_retries(request, {}, stop);
}

Result<Response> HttpClient::stream(const Request& request, const OnEvent& on_event, std::stop_token stop) {
  return connection_->exchange_with_retries(request, {.on_event = &on_event}, stop);
}

Result<Response> HttpClient::receive(const Request& request, const OnBytes& on_bytes, std::stop_token stop) {
  return connection_->exchange_with_retries(request, {.on_bytes = &on_bytes}, stop);
}

}  // namespace preceptor::net
