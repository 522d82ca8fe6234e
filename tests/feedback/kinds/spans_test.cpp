#include "feedback/kinds/spans.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "feedback/kinds/code_points.hpp"

namespace preceptor::feedback {
namespace {

// "Ä𝄞 10 mg": the first takes two bytes, the second four bytes and two UTF-16 units.
const std::string answer = "\xC3\x84\xF0\x9D\x84\x9E 10 mg";
const Matter matter{.responses = {{7}}, .rubric = {}, .text_of = [](ResponseId) {
                      return std::optional<std::string>(answer);
                    }};

Result<std::string> check(const nlohmann::json& spans) {
  return spans_kind().check(nlohmann::json{{"spans", spans}}.dump(), matter);
}
nlohmann::json span(int start, int end) {
  return {{"start", start}, {"end", end}, {"category", "wrong_figure"}};
}
std::string refused_at(const nlohmann::json& spans) {
  const auto result = check(spans);
  return result ? "accepted" : result.error().where;
}

TEST(CodePoints, AreCountedAndCutAsCharactersOfUnicode) {
  EXPECT_EQ(code_point_count(answer), 8U);
  EXPECT_EQ(code_point_slice(answer, 0, 1), "\xC3\x84");
  EXPECT_EQ(code_point_slice(answer, 1, 2), "\xF0\x9D\x84\x9E");
  EXPECT_EQ(code_point_slice(answer, 3, 8), "10 mg");
  EXPECT_FALSE(code_point_slice(answer, 3, 9));
  EXPECT_FALSE(code_point_slice(answer, -1, 2));
  EXPECT_FALSE(code_point_slice(answer, 2, 2));
}

TEST(Spans, AreKeptWithTheTextThatTheyMark) {
  const auto kept = check(nlohmann::json::array({span(3, 5)}));
  ASSERT_TRUE(kept) << kept.error().text();
  EXPECT_EQ(
      *kept,
      R"({"note":"","spans":[{"category":"wrong_figure","end":5,"note":"","quote":"10","response_id":7,"start":3}]})");
  EXPECT_EQ(spans_kind().check(*kept, matter), *kept);
}

TEST(Spans, StayInsideOfTheResponse) {
  EXPECT_EQ(refused_at(nlohmann::json::array({span(0, 8)})), "accepted");
  EXPECT_EQ(refused_at(nlohmann::json::array({span(0, 9)})), "/spans/0/start");
  EXPECT_EQ(refused_at(nlohmann::json::array({span(5, 5)})), "/spans/0/start");
  EXPECT_EQ(refused_at(nlohmann::json::array({span(-1, 5)})), "/spans/0/start");
}

TEST(Spans, AQuoteFromOtherUnitsIsRefusedInsteadOfMarkedAskew) {
  auto utf16 = span(4, 6);  // "10" as a browser counts
  utf16["quote"] = "10";
  EXPECT_EQ(refused_at(nlohmann::json::array({utf16})), "/spans/0/quote");
  utf16["start"] = 3;
  utf16["end"] = 5;
  EXPECT_EQ(refused_at(nlohmann::json::array({utf16})), "accepted");
}

TEST(Spans, HaveACategoryFromTheList) {
  auto unknown = span(3, 5);
  unknown["category"] = "bad";
  EXPECT_EQ(refused_at(nlohmann::json::array({unknown})), "/spans/0/category");
  EXPECT_EQ(refused_at(nlohmann::json::array({span(3, 5), span(3, 5)})), "/spans");
}

TEST(Spans, NoneMeansThatNothingIsWrong) {
  EXPECT_EQ(check(nlohmann::json::array()), R"({"note":"","spans":[]})");
  EXPECT_EQ(refused_at(nullptr), "/spans");
}

}  // namespace
}  // namespace preceptor::feedback
