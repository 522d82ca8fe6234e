#include "feedback/payload.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "feedback/content.hpp"

namespace preceptor::feedback {
namespace {

const std::vector<ResponseId> responses{ResponseId{7}, ResponseId{9}};
const RubricVersion rubric{
    .version = 1,
    .dimensions = {
        {.key = "accuracy", .label = "Accuracy", .scale_min = 1, .scale_max = 5, .reason_required_below = 3},
        {.key = "tone", .label = "Tone", .scale_min = 0, .scale_max = 2}}};

Result<std::string> check(TaskKind kind, std::string_view payload) {
  return check_payload(kind, payload, rubric, responses);
}

// Where the refusal points, or "accepted".
std::string refused_at(TaskKind kind, std::string_view payload, ErrorKind expected = ErrorKind::invalid) {
  const auto result = check(kind, payload);
  if (result) return "accepted";
  EXPECT_EQ(result.error().kind, expected) << result.error().text();
  EXPECT_FALSE(result.error().message.empty());
  return result.error().where;
}

TEST(Payload, AComparisonIsKeptInOneForm) {
  const auto kept = check(TaskKind::compare, R"( {"strength":"much", "outcome":"better","better":9} )");
  ASSERT_TRUE(kept) << kept.error().text();
  EXPECT_EQ(*kept, R"({"better":9,"flags":[],"outcome":"better","reason":"","strength":"much"})");
}

TEST(Payload, TiesAndBothBadNameNoWinner) {
  EXPECT_TRUE(check(TaskKind::compare, R"({"outcome":"tie"})"));
  EXPECT_TRUE(check(TaskKind::compare, R"({"outcome":"both_bad","better":null,"strength":null})"));
  EXPECT_EQ(refused_at(TaskKind::compare, R"({"outcome":"tie","better":7})"), "/better");
  EXPECT_EQ(refused_at(TaskKind::compare, R"({"outcome":"both_bad","strength":"much"})"), "/strength");
}

TEST(Payload, AComparisonNamesAResponseOfTheTask) {
  EXPECT_EQ(refused_at(TaskKind::compare, R"({"outcome":"better","better":8,"strength":"much"})"), "/better");
  EXPECT_EQ(refused_at(TaskKind::compare, R"({"outcome":"better","strength":"much"})"), "/better");
  EXPECT_EQ(refused_at(TaskKind::compare, R"({"outcome":"better","better":"7","strength":"much"})"),
            "/better");
}

TEST(Payload, AComparisonSaysHowStrongly) {
  EXPECT_EQ(refused_at(TaskKind::compare, R"({"outcome":"better","better":7})"), "/strength");
  EXPECT_EQ(refused_at(TaskKind::compare, R"({"outcome":"better","better":7,"strength":"very"})"),
            "/strength");
  EXPECT_EQ(refused_at(TaskKind::compare, R"({"better":7,"strength":"much"})"), "/outcome");
  EXPECT_EQ(refused_at(TaskKind::compare, R"({"outcome":"best"})"), "/outcome");
}

TEST(Payload, FlagsNameAShownResponseAndAKnownFlag) {
  const auto kept = check(
      TaskKind::compare,
      R"({"outcome":"tie","flags":[{"response_id":9,"flag":"unsafe"},{"response_id":7,"flag":"spam"},{"response_id":9,"flag":"unsafe"}]})");
  ASSERT_TRUE(kept);
  EXPECT_NE(kept->find(R"([{"flag":"spam","response_id":7},{"flag":"unsafe","response_id":9}])"),
            std::string::npos);
  EXPECT_EQ(refused_at(TaskKind::compare, R"({"outcome":"tie","flags":[{"response_id":1,"flag":"spam"}]})"),
            "/flags/0/response_id");
  EXPECT_EQ(refused_at(TaskKind::compare, R"({"outcome":"tie","flags":[{"response_id":7,"flag":"rude"}]})"),
            "/flags/0/flag");
  EXPECT_EQ(refused_at(TaskKind::compare, R"({"outcome":"tie","flags":[7]})").rfind("/flags/0", 0), 0U);
  EXPECT_EQ(refused_at(TaskKind::compare, R"({"outcome":"tie","flags":"spam"})"), "/flags");
}

TEST(Payload, ARatingScoresEveryDimensionOnItsScale) {
  EXPECT_TRUE(check(TaskKind::rate, R"({"scores":{"accuracy":5,"tone":0}})"));
  EXPECT_EQ(refused_at(TaskKind::rate, R"({"scores":{"accuracy":5}})"), "/scores/tone");
  EXPECT_EQ(refused_at(TaskKind::rate, R"({"scores":{"accuracy":6,"tone":0}})"), "/scores/accuracy");
  EXPECT_EQ(refused_at(TaskKind::rate, R"({"scores":{"accuracy":5,"tone":-1}})"), "/scores/tone");
  EXPECT_EQ(refused_at(TaskKind::rate, R"({"scores":{"accuracy":4.5,"tone":0}})"), "/scores/accuracy");
  EXPECT_EQ(refused_at(TaskKind::rate, R"({"scores":{"accuracy":18446744073709551615,"tone":0}})"),
            "/scores/accuracy");
  EXPECT_EQ(refused_at(TaskKind::rate, R"({"scores":{"accuracy":5,"tone":0,"charm":3}})"), "/scores/charm");
  EXPECT_EQ(refused_at(TaskKind::rate, R"({"scores":[5,0]})"), "/scores");
  EXPECT_EQ(refused_at(TaskKind::rate, "{}"), "/scores");
}

TEST(Payload, ALowScoreNeedsAReason) {
  EXPECT_EQ(refused_at(TaskKind::rate, R"({"scores":{"accuracy":2,"tone":0}})"), "/reasons/accuracy");
  EXPECT_EQ(refused_at(TaskKind::rate, R"({"scores":{"accuracy":2,"tone":0},"reasons":{"accuracy":"  "}})"),
            "/reasons/accuracy");
  EXPECT_TRUE(
      check(TaskKind::rate, R"({"scores":{"accuracy":2,"tone":0},"reasons":{"accuracy":"wrong unit"}})"));
  EXPECT_TRUE(check(TaskKind::rate, R"({"scores":{"accuracy":3,"tone":0}})"));
  EXPECT_EQ(refused_at(TaskKind::rate, R"({"scores":{"accuracy":3,"tone":0},"reasons":{"charm":"x"}})"),
            "/reasons/charm");
  EXPECT_EQ(refused_at(TaskKind::rate, R"({"scores":{"accuracy":3,"tone":0},"reasons":{"tone":7}})"),
            "/reasons/tone");
}

TEST(Payload, AWrittenAnswerHasText) {
  EXPECT_TRUE(check(TaskKind::write, R"({"text":"Ten milligrams.","note":"see leaflet"})"));
  EXPECT_EQ(refused_at(TaskKind::write, R"({"text":" \n"})"), "/text");
  EXPECT_EQ(refused_at(TaskKind::write, R"({"note":"x"})"), "/text");
}

TEST(Payload, OversizedTextsAreRefused) {
  const std::string fits(text_bytes_max, 'x');
  EXPECT_TRUE(check(TaskKind::write, nlohmann::json{{"text", fits}}.dump()));
  EXPECT_EQ(refused_at(TaskKind::write, nlohmann::json{{"text", fits + "x"}}.dump(), ErrorKind::too_large),
            "/text");
  EXPECT_EQ(refused_at(TaskKind::write, nlohmann::json{{"text", std::string(1 << 20, 'x')}}.dump(),
                       ErrorKind::too_large),
            "");
}

TEST(Payload, FiftyLevelsOfNestingAreRefused) {
  const std::string deep = R"({"outcome":"tie","flags":)" + std::string(50, '[') + std::string(50, ']') + "}";
  EXPECT_NE(refused_at(TaskKind::compare, deep), "accepted");
  EXPECT_FALSE(check_draft(R"({"a":)" + std::string(50, '[') + std::string(50, ']') + "}"));
}

TEST(Payload, BadUtf8AndBrokenJsonAreRefused) {
  EXPECT_NE(refused_at(TaskKind::write, "{\"text\":\"\xff\xfe\"}"), "accepted");
  EXPECT_NE(refused_at(TaskKind::write, "{\"text\":\"\xed\xa0\x80\"}"), "accepted");
  EXPECT_EQ(refused_at(TaskKind::write, R"({"text":"a\u0000b"})"), "/text");
  EXPECT_NE(refused_at(TaskKind::write, R"({"text":"cut of)"), "accepted");
  EXPECT_NE(refused_at(TaskKind::write, ""), "accepted");
  EXPECT_NE(refused_at(TaskKind::write, "[]"), "accepted");
}

TEST(Payload, UnknownPartsAreRefused) {
  EXPECT_EQ(refused_at(TaskKind::write, R"({"text":"x","model":"y"})"), "/model");
  EXPECT_EQ(refused_at(TaskKind::compare, R"({"outcome":"tie","gold":true})"), "/gold");
}

TEST(Payload, ADraftIsKeptAsTypedButNotWithoutLimits) {
  EXPECT_TRUE(check_draft(R"({"outcome":"better"})"));
  EXPECT_FALSE(check_draft("[]"));
  EXPECT_FALSE(check_draft("{\"a\":\"\xff\"}"));
  EXPECT_EQ(check_draft(nlohmann::json{{"text", std::string(300000, 'x')}}.dump()).error().kind,
            ErrorKind::too_large);
}

}  // namespace
}  // namespace preceptor::feedback
