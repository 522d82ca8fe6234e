#include "server/http/server.hpp"

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <thread>
#include <vector>

#include "base/format.hpp"
#include "base/log.hpp"
#include "base/thread_name.hpp"
#include "server/http/connection.hpp"

namespace preceptor::server::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using SystemError = boost::system::error_code;

struct Server::State {
  State(const ServerOptions& server_options, Handler& request_handler)
      : options(server_options), handler(request_handler) {
    for (int i = 0; i < std::max(1, options.io_threads); ++i)
      groups.push_back(std::make_unique<ConnectionGroup>(options, handler));
    acceptor.emplace(groups.front()->io);
    accept_again.emplace(groups.front()->io);
  }

  Result<void> listen();
  void accept();
  void on_accept(ConnectionGroup& group, SystemError error, tcp::socket socket);
  void run();
  int under_way() const;

  const ServerOptions options;
  Handler& handler;
  std::vector<std::unique_ptr<ConnectionGroup>> groups;
  std::optional<tcp::acceptor> acceptor;
  std::optional<asio::steady_timer> accept_again;
  std::vector<asio::executor_work_guard<asio::io_context::executor_type>> guards;
  std::vector<std::thread> threads;
  std::size_t next_group = 0;
  std::atomic<int> open_count{0};
  std::uint16_t port = 0;
  bool stopped = false;
};

Result<void> Server::State::listen() {
  SystemError error;
  const auto address = asio::ip::make_address(options.address, error);
  if (error)
    return refuse(ErrorKind::invalid, fmt::format("'{}' is not an IP address", options.address),
                  "Use 127.0.0.1, or the address of the interface to listen on");
  const tcp::endpoint endpoint(address, options.port);
  acceptor->open(endpoint.protocol(), error);
  if (!error) acceptor->set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor->bind(endpoint, error);
  if (!error) acceptor->listen(1024, error);
  if (error == asio::error::address_in_use)
    return refuse(ErrorKind::conflict, fmt::format("Port {} on {} is in use", options.port, options.address),
                  "Stop the program that has it, or choose another port with --port");
  if (error == asio::error::access_denied)
    return refuse(ErrorKind::forbidden,
                  fmt::format("Port {} needs more rights than this user has", options.port),
                  "Choose a port above 1023 with --port");
  if (error)
    return refuse(ErrorKind::unavailable,
                  fmt::format("Cannot listen on {}:{}: {}", options.address, options.port, error.message()),
                  "Check the address");
  port = acceptor->local_endpoint().port();
  return {};
}

void Server::State::accept() {
  ConnectionGroup& group = *groups[next_group++ % groups.size()];
  acceptor->async_accept(group.io, [this, &group](SystemError error, tcp::socket socket) {
    on_accept(group, error, std::move(socket));
  });
}

void Server::State::on_accept(ConnectionGroup& group, SystemError error, tcp::socket socket) {
  if (error == asio::error::operation_aborted || group.stopping) return;
  if (error) {
    // Out of file descriptors, most likely: what is open must end first.
    log_warning("a connection could not be accepted: {}", error.message());
    accept_again->expires_after(std::chrono::milliseconds(100));
    accept_again->async_wait([this](SystemError cancelled) {
      if (!cancelled) accept();
    });
    return;
  }
  auto held = std::make_shared<tcp::socket>(std::move(socket));
  asio::post(group.io, [this, &group, held] {
    const bool busy = group.open.size() >= std::max<std::size_t>(1, options.connections_max / groups.size());
    const auto connection = std::make_shared<Connection>(group, std::move(*held));
    busy ? connection->refuse_busy() : connection->start();
  });
  accept();
}

void Server::State::run() {
  for (auto& group : groups) {
    guards.push_back(asio::make_work_guard(group->io));
    threads.emplace_back([&io = group->io] {
      name_thread("io");
      io.run();
    });
  }
}

int Server::State::under_way() const {
  int count = 0;
  for (const auto& group : groups) count += group->under_way;
  return count;
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
Server::~Server() { stop(); }
std::uint16_t Server::port() const { return state_->port; }

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, Handler& handler) {
  auto state = std::make_unique<State>(options, handler);
  if (auto listening = state->listen(); !listening) return tl::unexpected(listening.error());
  state->accept();
  state->run();
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

void Server::stop() {
  State& state = *state_;
  if (std::exchange(state.stopped, true)) return;
  asio::post(state.groups.front()->io, [&state] {
    SystemError ignored;
    state.acceptor->close(ignored);
    state.accept_again->cancel();
  });
  for (auto& group : state.groups) {
    group->stopping = true;
    asio::post(group->io, [&group = *group] {
      for (Connection* connection : std::vector(group.open.begin(), group.open.end()))
        connection->close_if_idle();
    });
  }
  const auto deadline = std::chrono::steady_clock::now() + state.options.stop_wait;
  while (state.under_way() > 0 && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  for (auto& group : state.groups) {
    asio::post(group->io, [&group = *group] {
      for (Connection* connection : std::vector(group.open.begin(), group.open.end())) connection->close();
    });
  }
  // Handlers that are still at work hold their connection's thread; they are waited for, however long it
  // takes.
  while (state.under_way() > 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  state.guards.clear();
  for (auto& thread : state.threads) thread.join();
}

}  // namespace preceptor::server::http
