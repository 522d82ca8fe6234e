#pragma once
// The sending end of a server-sent event stream: events wait here until the connection's thread takes them.
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "server/http/message.hpp"

namespace preceptor::server::http {

class EventStream {
public:
  static constexpr std::size_t waiting_bytes_max = 1 << 20;
  static constexpr std::chrono::seconds wait_max{30};

  // `wake` tells the connection's thread, from any thread, that there is something to take.
  explicit EventStream(std::function<void()> wake) : wake_(std::move(wake)) {}

  enum class WhenFull { wait, give_up };
  bool add(std::string_view event, std::string_view data, WhenFull when_full);
  void close();           // by the sender: what waits is still sent
  void client_is_gone();  // by the connection
  bool is_open() const;

  struct Taken {
    std::string bytes;
    bool last = false;  // nothing will follow
  };
  Taken take();

private:
  mutable std::mutex mutex_;
  std::condition_variable drained_;
  std::function<void()> wake_;
  std::string waiting_;
  bool closed_ = false, gone_ = false;
};

// What handlers hold: the stream is closed when the last of them lets go.
class EventStreamSink final : public EventSink {
public:
  explicit EventStreamSink(std::shared_ptr<EventStream> stream) : stream_(std::move(stream)) {}
  ~EventStreamSink() override { stream_->close(); }
  bool send(std::string_view event, std::string_view data) override {
    return stream_->add(event, data, EventStream::WhenFull::wait);
  }
  bool offer(std::string_view event, std::string_view data) override {
    return stream_->add(event, data, EventStream::WhenFull::give_up);
  }
  bool is_open() const override { return stream_->is_open(); }
  void close() override { stream_->close(); }

private:
  std::shared_ptr<EventStream> stream_;
};

}  // namespace preceptor::server::http
