#include "feedback/kinds/fact_check.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace preceptor::feedback {
namespace {

using nlohmann::json;

const Matter matter{.responses = {{7}},
                    .rubric = {},
                    .text_of = [](ResponseId) { return std::optional<std::string>("Ten mg daily."); },
                    .has_source = [](SourceId id) { return id == SourceId{3}; }};

json claim() {
  return {{"text", "Ten mg"},
          {"start", 0},
          {"end", 6},
          {"verdict", "supported"},
          {"evidence", {{{"source_id", 3}}}}};
}
json with(const char* key, const json& value) {
  json changed = claim();
  changed[key] = value;
  return changed;
}
std::string refused_at(const json& one) {
  const auto result = fact_check_kind().check(json{{"claims", {one}}}.dump(), matter);
  return result ? "accepted" : result.error().where;
}

TEST(FactCheck, AClaimIsKeptWithItsVerdictAndItsSource) {
  const auto kept = fact_check_kind().check(json{{"claims", {claim()}}}.dump(), matter);
  ASSERT_TRUE(kept) << kept.error().text();
  EXPECT_EQ(json::parse(*kept)["claims"][0]["evidence"][0]["source_id"], 3);
  EXPECT_EQ(fact_check_kind().check(*kept, matter), *kept);
}

TEST(FactCheck, WhatIsSupportedNamesASourceOfTheProject) {
  EXPECT_EQ(refused_at(with("evidence", json::array())), "/claims/0/evidence");
  EXPECT_EQ(refused_at(with("evidence", {{{"source_id", 4}}})), "/claims/0/evidence/0/source_id");
  json unsupported = with("verdict", "not_supported");
  unsupported["evidence"] = json::array();
  EXPECT_EQ(refused_at(unsupported), "accepted");
}

TEST(FactCheck, AVerdictIsOneOfTheFour) {
  EXPECT_EQ(refused_at(with("verdict", "true")), "/claims/0/verdict");
  EXPECT_EQ(refused_at(with("verdict", "irrelevant")), "accepted");
  EXPECT_EQ(refused_at(with("verdict", "unsettled")), "accepted");
}

TEST(FactCheck, APlaceIsInTheResponseOrNowhere) {
  EXPECT_EQ(refused_at(with("end", 60)), "/claims/0/start");
  json nowhere = with("end", 0);
  EXPECT_EQ(refused_at(nowhere), "accepted");
}

TEST(FactCheck, ACitationThatDoesNotExistSaysNothing) {
  EXPECT_EQ(refused_at(with("citation", {{"cited", "Smith 2019"}, {"exists", true}, {"says_so", false}})),
            "accepted");
  EXPECT_EQ(refused_at(with("citation", {{"cited", "Smith 2019"}, {"exists", false}, {"says_so", true}})),
            "/claims/0/citation/says_so");
  EXPECT_EQ(refused_at(with("citation", {{"exists", true}})), "/claims/0/citation/cited");
}

TEST(FactCheck, AnAnswerMayClaimNothing) {
  EXPECT_TRUE(fact_check_kind().check(R"({"claims":[]})", matter));
  EXPECT_FALSE(fact_check_kind().check(R"({})", matter));
}

}  // namespace
}  // namespace preceptor::feedback
