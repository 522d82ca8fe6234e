#include "server/if_match.hpp"

#include <gtest/gtest.h>

#include "server/problem.hpp"

namespace preceptor::server {
namespace {

http::Request with(const std::string& tags) {
  http::Request request;
  if (!tags.empty()) request.headers.emplace_back("if-match", tags);
  return request;
}

TEST(IfMatch, ComparesOnlyWhenATagIsNamed) {
  EXPECT_FALSE(has_if_match(with("")));
  EXPECT_TRUE(check_if_match(with(""), tag_of("guideline", 7)));
}

TEST(IfMatch, LetsTheChangeOfWhatWasReadThrough) {
  const auto tag = tag_of("guideline", 7);
  EXPECT_EQ(tag, "\"guideline-7\"");
  EXPECT_TRUE(check_if_match(with(tag), tag));
  EXPECT_TRUE(check_if_match(with("*"), tag));
  EXPECT_TRUE(check_if_match(with("\"other\" , " + tag), tag));
}

TEST(IfMatch, RefusesTheChangeOfWhatHasMovedOn) {
  const auto now = tag_of("guideline", 8);
  for (const std::string tags :
       {"\"guideline-7\"", "guideline-8", "W/\"guideline-8\"", "\"\"", ",", "\"a\", \"b\""}) {
    const auto checked = check_if_match(with(tags), now);
    ASSERT_FALSE(checked) << tags;
    EXPECT_EQ(problem(checked.error()).status, 412);
  }
}

TEST(IfMatch, ATagOfContentChangesWithIt) {
  EXPECT_EQ(tag_of("member", "trainer"), tag_of("member", "trainer"));
  EXPECT_NE(tag_of("member", "trainer"), tag_of("member", "owner"));
}

}  // namespace
}  // namespace preceptor::server
