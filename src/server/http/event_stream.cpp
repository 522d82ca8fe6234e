#include "server/http/event_stream.hpp"

namespace preceptor::server::http {

namespace {

// A line break inside data starts a new data line; the browser joins them again.
void append_event(std::string& out, std::string_view event, std::string_view data) {
  if (data.empty() && event.empty()) {
    out += ":\n\n";
    return;
  }
  if (!event.empty()) {
    out += "event: ";
    out += event;
    out += '\n';
  }
  std::size_t begin = 0;
  for (;;) {
    const auto end = data.find('\n', begin);
    out += "data: ";
    out += data.substr(begin, end - begin);
    out += '\n';
    if (end == std::string_view::npos) break;
    begin = end + 1;
  }
  out += '\n';
}

}  // namespace

bool EventStream::add(std::string_view event, std::string_view data, WhenFull when_full) {
  {
    std::unique_lock lock(mutex_);
    if (waiting_.size() > waiting_bytes_max && when_full == WhenFull::wait)
      drained_.wait_for(lock, wait_max,
                        [this] { return gone_ || closed_ || waiting_.size() <= waiting_bytes_max; });
    if (gone_ || closed_) return false;
    if (waiting_.size() > waiting_bytes_max) {
      closed_ = gone_ = true;
      waiting_.clear();
    } else {
      append_event(waiting_, event, data);
    }
  }
  wake_();
  return is_open();
}

void EventStream::close() {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    closed_ = true;
  }
  drained_.notify_all();
  wake_();
}

void EventStream::client_is_gone() {
  {
    const std::lock_guard lock(mutex_);
    gone_ = true;
    waiting_.clear();
  }
  drained_.notify_all();
}

bool EventStream::is_open() const {
  const std::lock_guard lock(mutex_);
  return !closed_ && !gone_;
}

EventStream::Taken EventStream::take() {
  Taken taken;
  {
    const std::lock_guard lock(mutex_);
    taken.bytes.swap(waiting_);
    taken.last = closed_;
  }
  drained_.notify_all();
  return taken;
}

}  // namespace preceptor::server::http
