#include "server/server.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/log.hpp"
#include "base/thread_name.hpp"
#include "feedback/events.hpp"
#include "server/context.hpp"
#include "server/dispatcher.hpp"

namespace preceptor::server {

namespace {

constexpr std::int64_t events_at_once = 500;

// Closes the event log once a second; the positions and roots are what `preceptor verify` checks.
class EventSealer {
public:
  explicit EventSealer(const Parts& parts) : parts_(parts), thread_([this] { run(); }) {}

  ~EventSealer() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }

private:
  void run() {
    name_thread("sealer");
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      lock.unlock();
      seal();
      lock.lock();
      wake_.wait_for(lock, std::chrono::seconds(1), [this] { return stopping_; });
    }
  }

  void seal() {
    try {
      const bool any = loop::read(parts_.storage,
                                  [](loop::Records& records) { return !records.unsealed_events(1).empty(); });
      // Piece by piece: people's work must not wait behind a second's worth of events.
      for (std::int64_t sealed = any ? events_at_once : 0; sealed == events_at_once;)
        sealed = loop::write(parts_.storage, [&](loop::Records& records) {
          return feedback::seal_events(records, parts_.clock, events_at_once);
        });
    } catch (const std::exception& error) {
      log_warning("the event log could not be sealed and will be tried again: {}", error.what());
    }
  }

  const Parts& parts_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace

struct Server::State {
  explicit State(Parts parts) : context(std::move(parts)), dispatcher(context) {}

  Context context;
  Dispatcher dispatcher;
  std::unique_ptr<http::Server> http;
  std::unique_ptr<EventSealer> sealer;
  bool stopped = false;
};

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
Server::~Server() { stop(); }
std::uint16_t Server::port() const { return state_->http->port(); }

Result<std::unique_ptr<Server>> Server::start(const Options& options, Parts parts) {
  auto state = std::make_unique<State>(std::move(parts));
  state->context.secure_cookies = options.secure_cookies;
  state->context.log_requests = options.log_requests;
  auto http = http::Server::start(options.http, state->dispatcher);
  if (!http) return tl::unexpected(http.error());
  state->http = std::move(*http);
  state->sealer = std::make_unique<EventSealer>(state->context.parts);
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

void Server::stop() {
  if (std::exchange(state_->stopped, true)) return;
  state_->context.stopping.request_stop();
  state_->context.project_events.stop();
  state_->http->stop();
  state_->dispatcher.stop();
  state_->sealer.reset();
}

}  // namespace preceptor::server
