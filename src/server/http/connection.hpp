#pragma once
// One connection of a client, from its first request to its last. Lives on one IO thread; only Reply and
// EventSink are touched from others.
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "server/http/server.hpp"

namespace preceptor::server::http {

class Connection;
class EventStream;

// What the connections of one IO thread share; touched only there, but for the counter and the flag.
struct ConnectionGroup {
  ConnectionGroup(const ServerOptions& server_options, Handler& request_handler)
      : options(server_options), handler(request_handler) {}

  const ServerOptions& options;
  Handler& handler;
  boost::asio::io_context io{1};
  std::set<Connection*> open;
  std::atomic<int> under_way{0};  // requests handed to the handler and not answered yet
  std::atomic<bool> stopping{false};
};

class Connection : public std::enable_shared_from_this<Connection> {
public:
  Connection(ConnectionGroup& group, boost::asio::ip::tcp::socket socket);
  ~Connection();

  void start();
  // Answers 503 and closes.
  void refuse_busy();
  // When the server stops: ends at once if no request is under way.
  void close_if_idle();
  void close();
  // Posted by Reply.
  void respond(Response response);
  void abandon();
  void watch_client(std::function<void()> told);

private:
  friend class EventStream;
  using Error = boost::beast::error_code;

  void wait_for_request();
  void read_header();
  void on_header(Error error);
  void read_body();
  void hand_over();
  void refuse_request(int status);
  void write(std::string head, Response response);
  void on_written(Error error);
  void linger();
  std::string head_of(const Response& response) const;

  void start_events(Response response);
  void watch_for_end();
  void flush_events();

  ConnectionGroup& group_;
  boost::beast::tcp_stream stream_;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  std::string client_;
  std::string head_;
  Response response_;
  bool keep_alive_ = true;
  bool head_only_ = false;  // HEAD
  bool idle_ = true;
  bool lingering_ = false;
  std::size_t lingered_bytes_ = 0;
  std::function<void()> client_goes_;  // while a request is under way
  std::shared_ptr<EventStream> events_;
  std::string events_chunk_;
};

}  // namespace preceptor::server::http
