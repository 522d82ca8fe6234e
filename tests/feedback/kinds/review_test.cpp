#include "feedback/kinds/review.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "feedback/kinds/adjudicate.hpp"
#include "feedback/kinds/appeal.hpp"

namespace preceptor::feedback {
namespace {

Matter about_a_text() {
  Matter matter{.responses = {}, .rubric = {}};
  matter.subject = std::make_shared<Subject>(Subject{.judgment = {5},
                                                     .kind = TaskKind::write,
                                                     .payload = R"({"note":"","text":"Ten mg."})",
                                                     .matter = {.responses = {}, .rubric = {}}});
  return matter;
}

std::string refused_at(std::string_view payload) {
  const auto result = review_kind().check(payload, about_a_text());
  return result ? "accepted" : result.error().where;
}

TEST(ReviewWork, EachVerdictSaysWhatItMustSay) {
  EXPECT_EQ(refused_at(R"({"judgment_id":5,"verdict":"accept"})"), "accepted");
  EXPECT_EQ(refused_at(R"({"judgment_id":5,"verdict":"return"})"), "/comment");
  EXPECT_EQ(refused_at(R"({"judgment_id":5,"verdict":"return","comment":"Name the drug."})"), "accepted");
  EXPECT_EQ(refused_at(R"({"judgment_id":5,"verdict":"reject","comment":"No."})"), "/clause");
  EXPECT_EQ(refused_at(R"({"judgment_id":5,"verdict":"reject","clause":"2.1 Name the drug"})"), "accepted");
  EXPECT_EQ(refused_at(R"({"judgment_id":5,"verdict":"maybe"})"), "/verdict");
  EXPECT_EQ(refused_at(R"({"judgment_id":5,"verdict":"accept","payload":{"text":"x"}})"), "/payload");
}

TEST(ReviewWork, AFixBringsAJudgmentOfTheSameKindAndKeepsWhatItChanged) {
  const auto kept = review_kind().check(R"({"judgment_id":5,"verdict":"fix","payload":{"text":"Two mg."}})",
                                        about_a_text());
  ASSERT_TRUE(kept) << kept.error().text();
  const auto json = nlohmann::json::parse(*kept);
  EXPECT_EQ(json["payload"]["text"], "Two mg.");
  EXPECT_EQ(json["changes"], nlohmann::json::parse(R"([{"op":"replace","path":"/text","value":"Two mg."}])"));
  EXPECT_EQ(review_kind().check(*kept, about_a_text()), *kept);
  EXPECT_EQ(refused_at(R"({"judgment_id":5,"verdict":"fix"})"), "/payload");
  EXPECT_EQ(refused_at(R"({"judgment_id":5,"verdict":"fix","payload":{"text":""}})"), "/payload/text");
  EXPECT_EQ(refused_at(R"({"judgment_id":5,"verdict":"fix","payload":{"text":"Ten mg."}})"), "/payload");
}

TEST(ReviewWork, AReviewOfWhatTheReviewerDidNotSeeIsAConflict) {
  const auto result = review_kind().check(R"({"judgment_id":4,"verdict":"accept"})", about_a_text());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::conflict);
}

TEST(AppealWork, HasADecisionAndAReason) {
  EXPECT_EQ(appeal_kind().check(R"({"decision":"overturned","reason":"It names it."})", {}),
            R"({"decision":"overturned","reason":"It names it."})");
  EXPECT_EQ(parse_appeal(R"({"decision":"upheld"})").error().where, "/reason");
  EXPECT_EQ(parse_appeal(R"({"decision":"both","reason":"x"})").error().where, "/decision");
}

TEST(AdjudicateWork, BringsAJudgmentOfTheTasksKindAndAReason) {
  const auto check = adjudicate_kind().check;
  EXPECT_EQ(check(R"({"payload":{"text":"Ten mg."},"reason":"The label says so."})", about_a_text()),
            R"({"payload":{"note":"","text":"Ten mg."},"reason":"The label says so."})");
  EXPECT_EQ(check(R"({"payload":{"text":""},"reason":"x"})", about_a_text()).error().where, "/payload/text");
  EXPECT_EQ(check(R"({"payload":{"text":"x"}})", about_a_text()).error().where, "/reason");
  EXPECT_EQ(check(R"({"reason":"x"})", about_a_text()).error().where, "/payload");
}

}  // namespace
}  // namespace preceptor::feedback
