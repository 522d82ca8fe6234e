#include "base/time.hpp"

#include <gtest/gtest.h>

namespace preceptor {
namespace {

using namespace std::chrono_literals;

TEST(Timestamp, IsWrittenAsIso8601InUtc) {
  EXPECT_EQ(Timestamp{}.iso8601(), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(Timestamp{1795415836000001}.iso8601(), "2026-11-23T06:37:16.000001Z");
  EXPECT_EQ(Timestamp{-1}.iso8601(), "1969-12-31T23:59:59.999999Z");
}

TEST(Timestamp, ReadsBackWhatItWrote) {
  for (const std::int64_t value : {0LL, -1LL, 1795415836000001LL, 951782400000000LL}) {
    const auto parsed = Timestamp::parse(Timestamp{value}.iso8601());
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->microseconds, value);
  }
  EXPECT_EQ(Timestamp::parse("2000-02-29T00:00:00Z")->microseconds, 951782400000000);
  EXPECT_EQ(Timestamp::parse("1970-01-01T00:00:00.5Z")->microseconds, 500000);
}

TEST(Timestamp, RefusesWhatIsNoTime) {
  for (const char* text : {"", "yesterday", "2026-11-23", "2026-11-23T06:37:16", "2026-02-30T00:00:00Z",
                           "2026-11-23T24:00:00Z", "2026-11-23T06:37:16.Z", "2026-11-23T06:-7:16Z",
                           "2026-11-23T06:37:16.1234567Z", "2026-11-23 06:37:16Z"}) {
    EXPECT_FALSE(Timestamp::parse(text)) << text;
  }
}

TEST(ManualClock, MovesOnlyWhenTold) {
  ManualClock clock(Timestamp{1000});
  EXPECT_EQ(clock.now(), clock.now());
  clock.advance(2ms);
  EXPECT_EQ(clock.now().microseconds, 3000);
  EXPECT_EQ(clock.now() - Timestamp{1000}, 2000us);
}

TEST(SystemClock, IsPastTheDayThisWasWrittenAndMovesForward) {
  const SystemClock clock;
  const auto first = clock.now();
  EXPECT_GT(first, Timestamp::parse("2024-01-01T00:00:00Z").value());
  EXPECT_GE(clock.now(), first);
}

}  // namespace
}  // namespace preceptor
