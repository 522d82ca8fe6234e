#include "feedback/kinds/rubric.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "feedback/projects.hpp"

namespace preceptor::feedback {
namespace {

const std::vector<RubricCriterion> criteria{
    {"dose", "Names the dose", 5}, {"doctor", "Sends to a doctor", 3}, {"invented", "Invents a study", -4}};
const Matter matter{.responses = {{7}}, .rubric = {.criteria = criteria}};

double score(const std::map<std::string, bool>& met) { return rubric_score(criteria, met); }

TEST(Rubric, TheScoreIsWhatIsMetOverWhatCanBeHad) {
  EXPECT_DOUBLE_EQ(score({{"dose", true}, {"doctor", true}}), 1);
  EXPECT_DOUBLE_EQ(score({{"dose", true}}), 5.0 / 8);
  EXPECT_DOUBLE_EQ(score({{"dose", true}, {"invented", true}}), 1.0 / 8);
}

TEST(Rubric, TheScoreIsNeverBelowNoughtNorAboveOne) {
  EXPECT_DOUBLE_EQ(score({{"invented", true}}), 0);
  EXPECT_DOUBLE_EQ(score({}), 0);
  EXPECT_DOUBLE_EQ(rubric_score(std::vector<RubricCriterion>{{"a", "A", -1}}, {{"a", true}}), 0);
}

TEST(Rubric, EachCriterionIsMetOrNot) {
  const auto kept = rubric_kind().check(
      R"({"met":{"dose":true,"doctor":false,"invented":false},"notes":{"doctor":"Nowhere."}})", matter);
  ASSERT_TRUE(kept) << kept.error().text();
  EXPECT_EQ(nlohmann::json::parse(*kept)["score"], 0.625);
  EXPECT_EQ(rubric_kind().check(*kept, matter), *kept);
  const auto refused_at = [](std::string_view payload) {
    return rubric_kind().check(payload, matter).error().where;
  };
  EXPECT_EQ(refused_at(R"({"met":{"dose":true,"doctor":false}})"), "/met/invented");
  EXPECT_EQ(refused_at(R"({"met":{"dose":true,"doctor":false,"invented":1}})"), "/met/invented");
  EXPECT_EQ(refused_at(R"({"met":{"dose":true,"doctor":false,"invented":false,"more":true}})"), "/met/more");
  EXPECT_EQ(refused_at(R"({"notes":{}})"), "/met");
}

TEST(Rubric, AScoreThatIsSentAlongIsNotBelieved) {
  const auto kept =
      rubric_kind().check(R"({"met":{"dose":false,"doctor":false,"invented":true},"score":1})", matter);
  EXPECT_EQ(nlohmann::json::parse(*kept)["score"], 0.0);
}

TEST(Rubric, WithoutCriteriaThereIsNothingToAnswer) {
  EXPECT_FALSE(rubric_kind().check(R"({"met":{}})", {.responses = {{7}}, .rubric = {}}));
}

TEST(Rubric, CriteriaHaveKeysAndWeights) {
  const auto refused_at = [](std::vector<RubricCriterion> given) {
    const auto checked = check_rubric({}, given);
    return checked ? "accepted" : checked.error().where;
  };
  EXPECT_EQ(refused_at(criteria), "accepted");
  EXPECT_EQ(refused_at({{"a", "A", 0}}), "/criteria/0/weight");
  EXPECT_EQ(refused_at({{"a", "A", 101}}), "/criteria/0/weight");
  EXPECT_EQ(refused_at({{"a", "A", 1}, {"a", "B", 1}}), "/criteria/1/key");
  EXPECT_EQ(refused_at({{"A b", "A", 1}}), "/criteria/0/key");
  EXPECT_EQ(refused_at({{"a", " ", 1}}), "/criteria/0/label");
  EXPECT_EQ(refused_at({{"a", "A", -1}}), "/criteria");
}

TEST(Rubric, ARubricWithoutCriteriaKeepsTheHashThatItHad) {
  const std::vector<RubricDimension> dimensions{{.key = "tone", .label = "Tone"}};
  EXPECT_EQ(rubric_hash(dimensions), rubric_hash(dimensions, {}));
  EXPECT_NE(rubric_hash(dimensions), rubric_hash(dimensions, criteria));
}

}  // namespace
}  // namespace preceptor::feedback
