#include "server/http/event_stream.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace preceptor::server::http {
namespace {

TEST(EventStream, WritesEventsInTheirStandardForm) {
  EventStream stream([] {});
  stream.add("job", "{\"a\":1}", EventStream::WhenFull::wait);
  stream.add("", "two\nlines", EventStream::WhenFull::wait);
  stream.add("", "", EventStream::WhenFull::wait);
  EXPECT_EQ(stream.take().bytes, "event: job\ndata: {\"a\":1}\n\ndata: two\ndata: lines\n\n:\n\n");
}

TEST(EventStream, SendsWhatWaitsBeforeItEnds) {
  EventStream stream([] {});
  stream.add("", "last", EventStream::WhenFull::wait);
  stream.close();
  EXPECT_FALSE(stream.add("", "too late", EventStream::WhenFull::wait));
  const auto taken = stream.take();
  EXPECT_EQ(taken.bytes, "data: last\n\n");
  EXPECT_TRUE(taken.last);
}

TEST(EventStream, ASenderLearnsThatTheClientHasGone) {
  EventStream stream([] {});
  EXPECT_TRUE(stream.add("", "x", EventStream::WhenFull::wait));
  stream.client_is_gone();
  EXPECT_FALSE(stream.add("", "x", EventStream::WhenFull::wait));
}

TEST(EventStream, GivesUpAClientThatIsFarBehindWhenToldNotToWait) {
  EventStream stream([] {});
  const std::string piece(EventStream::waiting_bytes_max / 2 + 1, 'x');
  EXPECT_TRUE(stream.add("", piece, EventStream::WhenFull::give_up));
  EXPECT_TRUE(stream.add("", piece, EventStream::WhenFull::give_up));
  EXPECT_FALSE(stream.add("", piece, EventStream::WhenFull::give_up));
  EXPECT_FALSE(stream.is_open());
}

TEST(EventStream, WaitsForAClientThatIsFarBehindUntilItHasCaughtUp) {
  EventStream stream([] {});
  const std::string piece(EventStream::waiting_bytes_max + 1, 'x');
  EXPECT_TRUE(stream.add("", piece, EventStream::WhenFull::wait));
  std::thread client([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    stream.take();
  });
  EXPECT_TRUE(stream.add("", "next", EventStream::WhenFull::wait));
  client.join();
  EXPECT_EQ(stream.take().bytes, "data: next\n\n");
}

TEST(EventStream, EndsWhenItsLastSenderLetsGo) {
  auto stream = std::make_shared<EventStream>([] {});
  auto sink = std::make_shared<EventStreamSink>(stream);
  EXPECT_TRUE(stream->is_open());
  sink.reset();
  EXPECT_FALSE(stream->is_open());
}

}  // namespace
}  // namespace preceptor::server::http
