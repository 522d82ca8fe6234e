#include "feedback/kinds/compare.hpp"

#include <gtest/gtest.h>

#include "feedback/payload.hpp"

namespace preceptor::feedback {
namespace {

const std::vector<ResponseId> four{{7}, {8}, {9}, {10}};
const RubricVersion rubric{.dimensions = {{.key = "accuracy", .label = "Accuracy"}}};

std::string refused_at(std::string_view payload) {
  const auto result = check_payload(TaskKind::compare, payload, rubric, four);
  return result ? "accepted" : result.error().where;
}

TEST(Compare, OneOfManyIsChosenOverall) {
  const auto kept =
      check_payload(TaskKind::compare, R"({"outcome":"better","better":9,"strength":"much"})", rubric, four);
  ASSERT_TRUE(kept) << kept.error().text();
  EXPECT_EQ(*kept, R"({"better":9,"flags":[],"outcome":"better","reason":"","strength":"much"})");
}

TEST(Compare, ARankingWithTiesIsKeptBestFirst) {
  const std::string_view sent =
      R"({"outcome":"better","better":9,"strength":"much","ranking":[[9],[10,7],[8]]})";
  const auto kept = check_payload(TaskKind::compare, sent, rubric, four);
  ASSERT_TRUE(kept) << kept.error().text();
  EXPECT_NE(kept->find(R"("ranking":[[9],[7,10],[8]])"), std::string::npos);
  EXPECT_EQ(check_payload(TaskKind::compare, *kept, rubric, four), *kept);
}

TEST(Compare, ARankingHoldsEachResponseOnce) {
  EXPECT_EQ(refused_at(R"({"outcome":"tie","ranking":[[7,8],[9]]})"), "/ranking");
  EXPECT_EQ(refused_at(R"({"outcome":"tie","ranking":[[7,8],[9,7],[10]]})"), "/ranking/1");
  EXPECT_EQ(refused_at(R"({"outcome":"tie","ranking":[[7,8],[],[9,10]]})"), "/ranking/1");
  EXPECT_EQ(refused_at(R"({"outcome":"tie","ranking":[[7,8],[11]]})"), "/ranking/1");
  EXPECT_EQ(refused_at(R"({"outcome":"tie","ranking":{}})"), "/ranking");
}

TEST(Compare, ARankingAgreesWithTheOverallChoice) {
  EXPECT_EQ(refused_at(R"({"outcome":"better","better":7,"strength":"much","ranking":[[9],[7,8,10]]})"),
            "/ranking");
  EXPECT_EQ(refused_at(R"({"outcome":"tie","ranking":[[9],[7,8,10]]})"), "/ranking");
  EXPECT_EQ(refused_at(R"({"outcome":"tie","ranking":[[9,7],[8,10]]})"), "accepted");
  EXPECT_EQ(refused_at(R"({"outcome":"both_bad","ranking":[[9],[7,8,10]]})"), "accepted");
}

TEST(Compare, EachDimensionHasItsOwnChoice) {
  EXPECT_EQ(refused_at(R"({"outcome":"tie","dimensions":{"accuracy":8}})"), "accepted");
  EXPECT_EQ(refused_at(R"({"outcome":"tie","dimensions":{"accuracy":null}})"), "accepted");
  EXPECT_EQ(refused_at(R"({"outcome":"tie","dimensions":{"tone":8}})"), "/dimensions/tone");
  EXPECT_EQ(refused_at(R"({"outcome":"tie","dimensions":{"accuracy":12}})"), "/dimensions/accuracy");
  EXPECT_EQ(refused_at(R"({"outcome":"tie","dimensions":[]})"), "/dimensions");
}

std::vector<std::vector<std::int64_t>> pairs_of(std::string_view payload) {
  std::vector<std::vector<std::int64_t>> pairs;
  for (const PairChoice& pair : pair_choices(*parse_compare(payload, four), four))
    pairs.push_back({pair.first.value, pair.second.value, pair.better.value});
  return pairs;
}

TEST(Compare, AnOverallChoiceSaysSomethingOnlyOfThePairsWithTheChosenOne) {
  EXPECT_EQ(pairs_of(R"({"outcome":"better","better":8,"strength":"much"})"),
            (std::vector<std::vector<std::int64_t>>{{7, 8, 8}, {8, 9, 8}, {8, 10, 8}}));
}

TEST(Compare, ARankingSaysSomethingOfEveryPair) {
  EXPECT_EQ(pairs_of(R"({"outcome":"better","better":8,"strength":"much","ranking":[[8],[7,10],[9]]})"),
            (std::vector<std::vector<std::int64_t>>{
                {7, 8, 8}, {7, 9, 7}, {7, 10, 0}, {8, 9, 8}, {8, 10, 8}, {9, 10, 10}}));
}

TEST(Compare, ATieMakesAllPairsEven) {
  for (const auto& pair : pairs_of(R"({"outcome":"tie"})")) EXPECT_EQ(pair[2], 0);
  EXPECT_EQ(pairs_of(R"({"outcome":"both_bad"})").size(), 6U);
}

TEST(Compare, AgreementIsTheShareOfPairsOfPeopleWhoSaidTheSame) {
  const std::vector<std::string> payloads{R"({"outcome":"better","better":8,"strength":"much"})",
                                          R"({"outcome":"better","better":8,"strength":"slightly"})",
                                          R"({"outcome":"tie"})"};
  EXPECT_DOUBLE_EQ(compare_kind().agreement(payloads, {.responses = four, .rubric = rubric}), 1.0 / 3);
}

}  // namespace
}  // namespace preceptor::feedback
