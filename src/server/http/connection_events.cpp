// The part of a connection that carries server-sent events.
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "base/format.hpp"
#include "server/http/connection.hpp"
#include "server/http/event_stream.hpp"

namespace preceptor::server::http {

namespace asio = boost::asio;

void Connection::start_events(Response response) {
  // Whoever sends holds the sink; the connection holds the stream, and keeps itself alive by reading.
  events_ = std::make_shared<EventStream>([weak = weak_from_this(), &io = group_.io] {
    asio::post(io, [weak] {
      if (const auto self = weak.lock()) self->flush_events();
    });
  });
  events_chunk_ = head_;
  stream_.expires_after(group_.options.write_wait);
  asio::async_write(
      stream_, asio::buffer(events_chunk_),
      [self = shared_from_this(), begin = std::move(response.events)](Error error, std::size_t) {
        self->events_chunk_.clear();
        if (error) return self->close();
        self->stream_.expires_never();
        self->watch_for_end();
        begin(std::make_shared<EventStreamSink>(self->events_));
        self->flush_events();
      });
}

// The only thing that a client sends now is its end.
void Connection::watch_for_end() {
  stream_.socket().async_read_some(buffer_.prepare(512),
                                   [self = shared_from_this()](Error error, std::size_t) {
                                     if (self->events_ == nullptr) return;
                                     if (error) return self->close();
                                     self->watch_for_end();
                                   });
}

void Connection::flush_events() {
  if (!events_ || !events_chunk_.empty()) return;
  auto [bytes, last] = events_->take();
  if (bytes.empty() && !last) return;
  if (!bytes.empty()) events_chunk_ = fmt::format("{:x}\r\n{}\r\n", bytes.size(), bytes);
  if (last) events_chunk_ += "0\r\n\r\n";
  stream_.expires_after(group_.options.write_wait);
  asio::async_write(stream_, asio::buffer(events_chunk_),
                    [self = shared_from_this(), last = last](Error error, std::size_t) {
                      self->events_chunk_.clear();
                      if (error || last) return self->close();
                      self->stream_.expires_never();
                      self->flush_events();
                    });
}

}  // namespace preceptor::server::http
