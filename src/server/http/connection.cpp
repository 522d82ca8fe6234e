#include "server/http/connection.hpp"

#include <sys/socket.h>

#include <array>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <ctime>

#include "server/http/event_stream.hpp"

namespace preceptor::server::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace beast_http = boost::beast::http;

namespace {

constexpr std::size_t read_bytes = 4096;
constexpr std::size_t kept_bytes_max = 64 << 10;       // of the buffer, between requests
constexpr std::size_t lingered_bytes_max = 128 << 20;  // of a refused body that is read and thrown away
constexpr std::chrono::seconds linger_wait{5};

std::string_view reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 204: return "No Content";
    case 304: return "Not Modified";
    default: return beast_http::obsolete_reason(static_cast<beast_http::status>(status));
  }
}

bool is_syntax_error(const beast::error_code& error) {
  static const auto& category = beast_http::make_error_code(beast_http::error::bad_method).category();
  return error.category() == category && error != beast_http::error::end_of_stream &&
         error != beast_http::error::partial_message;
}

// RFC 9110's form of now, made once a second.
const std::string& date_text() {
  thread_local std::string text;
  thread_local std::time_t made = 0;
  if (const std::time_t now = std::time(nullptr); now != made) {
    made = now;
    std::tm moment{};
    gmtime_r(&now, &moment);
    char buffer[64];
    text.assign(buffer, std::strftime(buffer, sizeof buffer, "%a, %d %b %Y %H:%M:%S GMT", &moment));
  }
  return text;
}

// Hands the response to the connection's thread, and the connection with it, so that it ends there. If nobody
// ever answers, the connection ends.
class ConnectionReply final : public Reply {
public:
  explicit ConnectionReply(std::shared_ptr<Connection> connection, ConnectionGroup& group)
      : connection_(std::move(connection)), group_(group) {}

  ~ConnectionReply() override {
    if (connection_) post([connection = std::move(connection_)] { connection->abandon(); });
  }

  void send(Response response) override {
    auto held = std::make_shared<Response>(std::move(response));
    post([connection = std::move(connection_), held] { connection->respond(std::move(*held)); });
  }

  void send_built(std::function<Response()> build) override {
    post([connection = std::move(connection_), build = std::move(build)] { connection->respond(build()); });
  }

  void when_client_goes(std::function<void()> told) override {
    asio::post(group_.io, [connection = connection_, told = std::move(told)]() mutable {
      connection->watch_client(std::move(told));
    });
  }

private:
  template <class Work>
  void post(Work work) {
    // Counted down where it runs, so that a server that stops waits for the answer to be on its way.
    asio::post(group_.io, [work = std::move(work), &group = group_] {
      work();
      --group.under_way;
    });
  }

  std::shared_ptr<Connection> connection_;
  ConnectionGroup& group_;
};

}  // namespace

Connection::Connection(ConnectionGroup& group, asio::ip::tcp::socket socket)
    : group_(group), stream_(std::move(socket)), buffer_(std::numeric_limits<std::size_t>::max()) {
  group_.open.insert(this);
}

Connection::~Connection() {
  group_.open.erase(this);
  if (events_) events_->client_is_gone();
}

void Connection::start() {
  Error error;
  stream_.socket().set_option(asio::ip::tcp::no_delay(true), error);
  const auto remote = stream_.socket().remote_endpoint(error);
  if (error) return close();
  client_ = remote.address().to_string();
  wait_for_request();
}

void Connection::refuse_busy() {
  idle_ = false;
  refuse_request(503);
}

void Connection::close() {
  Error ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  stream_.close();
  if (events_) events_->client_is_gone();
}

void Connection::close_if_idle() {
  if (idle_) close();
}

void Connection::wait_for_request() {
  if (group_.stopping) return close();
  parser_.emplace();
  parser_->header_limit(group_.options.header_bytes_max);
  parser_->body_limit(boost::none);  // until the headers say which route it is
  if (buffer_.size() == 0 && buffer_.capacity() > kept_bytes_max) buffer_.shrink_to_fit();
  if (buffer_.size() > 0) return read_header();
  idle_ = true;
  stream_.expires_after(group_.options.idle_wait);
  stream_.async_read_some(buffer_.prepare(read_bytes),
                          [self = shared_from_this()](Error error, std::size_t bytes) {
                            if (error) return self->close();
                            self->buffer_.commit(bytes);
                            self->read_header();
                          });
}

void Connection::read_header() {
  idle_ = false;
  stream_.expires_after(group_.options.header_wait);
  beast_http::async_read_header(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](Error error, std::size_t) { self->on_header(error); });
}

void Connection::on_header(Error error) {
  if (error == beast_http::error::header_limit || error == beast_http::error::buffer_overflow)
    return refuse_request(431);
  if (is_syntax_error(error)) return refuse_request(400);
  if (error) return close();

  const auto& message = parser_->get();
  const std::string_view target(message.target().data(), message.target().size());
  const std::string_view method(message.method_string().data(), message.method_string().size());
  const auto limit = group_.handler.body_bytes_max(method, target.substr(0, target.find('?')));
  if (const auto length = parser_->content_length(); length && *length > limit) return refuse_request(413);
  parser_->body_limit(limit);
  if (message[beast_http::field::expect] != "100-continue" || parser_->is_done()) return read_body();
  static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(stream_, asio::buffer(go_on), [self = shared_from_this()](Error failed, std::size_t) {
    if (failed) return self->close();
    self->read_body();
  });
}

void Connection::read_body() {
  if (parser_->is_done()) return hand_over();
  const auto expected = parser_->content_length().value_or(8 << 20);
  stream_.expires_after(group_.options.body_wait + std::chrono::seconds(expected / (64 << 10)));
  beast_http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](Error error, std::size_t) {
    if (!error) return self->hand_over();
    if (error == beast_http::error::body_limit) return self->refuse_request(413);
    is_syntax_error(error) ? self->refuse_request(400) : self->close();
  });
}

void Connection::hand_over() {
  stream_.expires_never();
  auto message = parser_->release();
  keep_alive_ = message.keep_alive() && !group_.stopping;
  Request request;
  request.method = message.method_string();
  head_only_ = request.method == "HEAD";
  const std::string_view target(message.target().data(), message.target().size());
  const auto mark = target.find('?');
  request.path = target.substr(0, mark);
  if (mark != std::string_view::npos) request.query = target.substr(mark + 1);
  for (const auto& field : message) {
    std::string name(field.name_string());
    for (char& c : name) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    request.headers.emplace_back(std::move(name), field.value());
  }
  request.body = std::move(message.body());
  request.client = client_;
  ++group_.under_way;
  group_.handler.handle(std::move(request), std::make_shared<ConnectionReply>(shared_from_this(), group_));
}

// The rest of the request is unread, so the connection cannot go on: answer, then drain a while, since
// closing over unread bytes would make the system throw the answer away.
void Connection::refuse_request(int status) {
  idle_ = false;
  keep_alive_ = false;
  lingering_ = true;
  respond(group_.handler.broken(status));
}

void Connection::abandon() { close(); }

// Waits for the client to say something while it is not its turn: its end, or an early next request, which
// stays where it is.
void Connection::watch_client(std::function<void()> told) {
  client_goes_ = std::move(told);
  stream_.socket().async_wait(asio::ip::tcp::socket::wait_read, [weak = weak_from_this()](Error error) {
    const auto self = weak.lock();
    if (!self || !self->client_goes_) return;
    char next = 0;
    const bool gone =
        error || ::recv(self->stream_.socket().native_handle(), &next, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
    if (gone) std::exchange(self->client_goes_, nullptr)();
  });
}

std::string Connection::head_of(const Response& response) const {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head += reason_of(response.status);
  head += "\r\n";
  head += "Date: " + date_text() + "\r\n";
  for (const auto& [name, value] : response.headers) {
    head += name;
    head += ": ";
    head += value;
    head += "\r\n";
  }
  if (response.events)
    head += "Transfer-Encoding: chunked\r\n";
  else if (response.status != 204 && response.status != 304)
    head += "Content-Length: " + std::to_string(response.content().size()) + "\r\n";
  if (!keep_alive_) head += "Connection: close\r\n";
  head += "\r\n";
  return head;
}

void Connection::respond(Response response) {
  client_goes_ = nullptr;
  if (group_.stopping) keep_alive_ = false;
  response_ = std::move(response);
  head_ = head_of(response_);
  if (response_.events && !head_only_) return start_events(std::move(response_));
  const std::string_view content = head_only_ ? std::string_view() : response_.content();
  stream_.expires_after(group_.options.write_wait);
  asio::async_write(
      stream_,
      std::array<asio::const_buffer, 2>{asio::buffer(head_), asio::buffer(content.data(), content.size())},
      [self = shared_from_this()](Error error, std::size_t) { self->on_written(error); });
}

void Connection::on_written(Error error) {
  response_ = {};
  if (error) return close();
  if (keep_alive_) return wait_for_request();
  if (!lingering_) return close();
  Error ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  stream_.expires_after(linger_wait);
  linger();
}

void Connection::linger() {
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(16 * read_bytes),
                          [self = shared_from_this()](Error error, std::size_t bytes) {
                            self->lingered_bytes_ += bytes;
                            if (error || self->lingered_bytes_ > lingered_bytes_max) return self->close();
                            self->linger();
                          });
}

}  // namespace preceptor::server::http
