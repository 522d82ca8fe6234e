#include "net/event_parser.hpp"

#include <gtest/gtest.h>

namespace preceptor::net {
namespace {

std::vector<ServerEvent> parse(std::string_view text, std::size_t piece_bytes) {
  std::vector<ServerEvent> events;
  EventParser parser;
  for (std::size_t at = 0; at < text.size(); at += piece_bytes) {
    parser.push(text.substr(at, piece_bytes), [&](const ServerEvent& event) {
      events.push_back(event);
      return true;
    });
  }
  return events;
}

TEST(EventParser, GivesTheSameEventsHoweverTheBytesAreCut) {
  const std::string_view text =
      ": hello\n\nevent: token\nid: 7\ndata: one\ndata:  two\n\ndata: three\r\n\r\ndata\n\nevent: empty\n\n";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    const auto events = parse(text, piece);
    ASSERT_EQ(events.size(), 3U) << piece;
    EXPECT_EQ(events[0].name, "token");
    EXPECT_EQ(events[0].data, "one\n two");
    EXPECT_EQ(events[0].id, "7");
    EXPECT_EQ(events[1].name, "message");
    EXPECT_EQ(events[1].data, "three");
    EXPECT_EQ(events[1].id, "7") << "the last id stays";
    EXPECT_EQ(events[2].data, "");
  }
}

TEST(EventParser, DropsAnEventThatNeverEnded) { EXPECT_TRUE(parse("data: half\n", 4).empty()); }

TEST(EventParser, StopsWhenTold) {
  EventParser parser;
  int seen = 0;
  EXPECT_FALSE(parser.push("data: 1\n\ndata: 2\n\n", [&](const ServerEvent&) { return ++seen < 1; }));
  EXPECT_EQ(seen, 1);
}

}  // namespace
}  // namespace preceptor::net
