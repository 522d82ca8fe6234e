#include "engine/generation/stop_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.hpp"

namespace preceptor::engine {
namespace {

// What is shown of a text cut into pieces of the given size, and where it stopped.
std::string shown(const std::vector<std::string>& stops, const std::string& text, std::size_t piece,
                  bool* stopped = nullptr) {
  StopText cut(stops);
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += piece) out += cut.push(text.substr(at, piece));
  out += cut.finish();
  if (stopped != nullptr) *stopped = cut.stopped();
  return out;
}

TEST(StopText, CutsExactlyBeforeTheStopString) {
  for (std::size_t piece = 1; piece < 20; ++piece) {
    bool stopped = false;
    EXPECT_EQ(shown({"\n\n"}, "one\ntwo\n\nthree", piece, &stopped), "one\ntwo");
    EXPECT_TRUE(stopped);
    EXPECT_EQ(shown({"END"}, "a sENtence ENDED", piece), "a sENtence ");
    EXPECT_EQ(shown({"x"}, "x", piece), "");
  }
}

TEST(StopText, WithoutAStopStringTheWholeTextIsShown) {
  for (std::size_t piece = 1; piece < 20; ++piece) {
    bool stopped = true;
    EXPECT_EQ(shown({"###", "##!"}, "a ## b #", piece, &stopped), "a ## b #");
    EXPECT_FALSE(stopped);
    EXPECT_EQ(shown({}, "anything", piece), "anything");
  }
}

TEST(StopText, APossibleBeginningIsHeldBackAndNoMore) {
  StopText cut({"stop"});
  EXPECT_EQ(cut.push("now s"), "now ");
  EXPECT_EQ(cut.push("to"), "");
  EXPECT_EQ(cut.push("ne"), "stone");
  EXPECT_EQ(cut.push(" st"), " ");
  EXPECT_EQ(cut.push("op and on"), "");
  EXPECT_TRUE(cut.stopped());
  EXPECT_EQ(cut.stop(), "stop");
  EXPECT_EQ(cut.push("more"), "");
  EXPECT_EQ(cut.finish(), "");
}

TEST(StopText, TheStopStringThatIsCompleteFirstWins) {
  for (std::size_t piece = 1; piece < 8; ++piece) {
    EXPECT_EQ(shown({"bcdef", "cd"}, "abcdef", piece), "ab");
    EXPECT_EQ(shown({"cd", "bcd"}, "abcdef", piece), "a");
  }
}

TEST(StopText, PiecesDoNotMatter) {
  Random random(7);
  for (int round = 0; round < 300; ++round) {
    const auto letters = [&](std::size_t count) {
      std::string text;
      for (std::size_t i = 0; i < count; ++i) text += static_cast<char>('a' + random.below(2));
      return text;
    };
    const std::vector<std::string> stops = {letters(2 + random.below(4)), letters(2 + random.below(5))};
    const std::string text = letters(20);
    // In one piece a byte long at a time, the end of a match is the first place where one is complete.
    std::size_t end = std::string::npos;
    std::size_t begin = std::string::npos;
    for (std::size_t i = 1; i <= text.size() && end == std::string::npos; ++i) {
      for (const std::string& stop : stops) {
        if (!text.substr(0, i).ends_with(stop)) continue;
        end = i;
        begin = std::min(begin, i - stop.size());
      }
    }
    const std::string expected = text.substr(0, begin);
    for (std::size_t piece = 1; piece <= 20; ++piece) {
      EXPECT_EQ(shown(stops, text, piece), expected) << text << ' ' << stops[0] << ' ' << stops[1];
    }
  }
}

TEST(StopText, ListsThatMakeNoSenseAreRefused) {
  EXPECT_TRUE(check_stop_strings({"a", "b"}).has_value());
  EXPECT_FALSE(check_stop_strings({"a", ""}).has_value());
  EXPECT_FALSE(check_stop_strings(std::vector<std::string>(65, "a")).has_value());
  EXPECT_FALSE(check_stop_strings({std::string(1025, 'a')}).has_value());
}

}  // namespace
}  // namespace preceptor::engine
