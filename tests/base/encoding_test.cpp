#include "base/encoding.hpp"

#include <gtest/gtest.h>

namespace preceptor {
namespace {

std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

TEST(Hex, WritesTwoLowerCaseDigitsAByte) {
  EXPECT_EQ(hex(bytes(std::string_view("\x00\xff\x1a", 3))), "00ff1a");
}

TEST(Base64Url, MatchesTheStandardsExamplesWithoutPadding) {
  EXPECT_EQ(base64url(bytes("")), "");
  EXPECT_EQ(base64url(bytes("f")), "Zg");
  EXPECT_EQ(base64url(bytes("fo")), "Zm8");
  EXPECT_EQ(base64url(bytes("foo")), "Zm9v");
  EXPECT_EQ(base64url(bytes("foobar")), "Zm9vYmFy");
  EXPECT_EQ(base64url(bytes("\xfb\xff")), "-_8");
}

TEST(Utf8, AcceptsEveryLengthOfCharacter) {
  EXPECT_TRUE(valid_utf8(""));
  EXPECT_TRUE(valid_utf8("a\u00e9\u20ac\U0001F600"));
  EXPECT_TRUE(valid_utf8("\xF4\x8F\xBF\xBF"));
}

TEST(Utf8, RefusesOverlongSurrogateTooHighAndCutOffForms) {
  for (const char* text : {"\xC0\xAF", "\xE0\x80\xAF", "\xF0\x80\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                           "\xF5\x80\x80\x80", "\x80", "\xE2\x82", "\xFF"}) {
    EXPECT_FALSE(valid_utf8(text)) << text;
  }
  EXPECT_EQ(utf8_valid_bytes("ab\xE2\x82"), 2U);
}

TEST(Utf8Prefix, NeverCutsACharacter) {
  const std::string_view text = "a\u20acb";
  EXPECT_EQ(utf8_prefix(text, 1), "a");
  EXPECT_EQ(utf8_prefix(text, 2), "a");
  EXPECT_EQ(utf8_prefix(text, 3), "a");
  EXPECT_EQ(utf8_prefix(text, 4), "a\u20ac");
  EXPECT_EQ(utf8_prefix(text, 99), text);
  EXPECT_EQ(utf8_prefix(text, 0), "");
}

}  // namespace
}  // namespace preceptor
