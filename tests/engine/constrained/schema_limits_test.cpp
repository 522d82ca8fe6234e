#include "engine/constrained/schema_limits.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "engine/constrained/json_schema.hpp"
#include "engine/constrained/schema_comparison.hpp"

namespace preceptor::engine {
namespace {

using json = SchemaJson;

Error refusal(const json& schema) {
  const auto rules = json_schema_rules(schema.dump());
  EXPECT_FALSE(rules.has_value());
  return rules ? Error{} : rules.error();
}

json branches(const char* word, int count, const std::function<json(int)>& branch) {
  json list = json::array();
  for (int i = 0; i < count; ++i) list.push_back(branch(i));
  return {{word, list}};
}

json only(int value) { return {{"const", value}}; }

// count values that no other branch lists.
json listing(int branch, int count) {
  json list = json::array();
  for (int i = 0; i < count; ++i) list.push_back(branch * count + i);
  return {{"enum", list}};
}

TEST(SchemaLimits, FiveThousandBranchesAreRefusedBeforeAnyTwoAreCompared) {
  for (const char* word : {"oneOf", "anyOf", "allOf"}) {
    const Error error = refusal(branches(word, 5'000, only));
    EXPECT_EQ(error.kind, ErrorKind::too_large);
    EXPECT_EQ(error.message, std::string("schema: ") + word + " may have 256 branches at most");
    EXPECT_EQ(error.where, std::string("/") + word);
  }
}

TEST(SchemaLimits, AsManyBranchesAsAllowedAreTakenAndEachTwoAreComparedOnce) {
  const json schema = branches("oneOf", static_cast<int>(schema_branches_max), only);
  EXPECT_TRUE(json_schema_rules(schema.dump()));
  SchemaComparison comparison(schema);
  comparison.check_apart(schema.at("oneOf"), "/oneOf");
  const std::size_t pairs = schema_branches_max * (schema_branches_max - 1) / 2;
  EXPECT_EQ(comparison.comparisons(), 2 * pairs) << "the two branches, and the one value of each";
}

TEST(SchemaLimits, ComparingTooManyValuesIsRefusedHoweverTheyAreSpread) {
  const auto many = [](int branch) { return listing(branch, 40); };
  const Error error = refusal(branches("oneOf", 200, many));
  EXPECT_EQ(error.kind, ErrorKind::too_large);
  EXPECT_EQ(error.where, "/oneOf");
  EXPECT_NE(error.message.find("4000000 comparisons"), std::string::npos) << error.message;
  EXPECT_TRUE(json_schema_rules(branches("anyOf", 200, many).dump())) << "nothing is compared in it";

  // The same count in lists of which each alone is allowed.
  json several = {{"type", "object"}, {"properties", json::object()}};
  const auto some = [](int branch) { return listing(branch, 10); };
  for (int i = 0; i < 10; ++i) several["properties"]["p" + std::to_string(i)] = branches("oneOf", 100, some);
  EXPECT_TRUE(json_schema_rules(branches("oneOf", 100, some).dump()));
  EXPECT_EQ(refusal(several).kind, ErrorKind::too_large);
}

TEST(SchemaLimits, BranchesToldApartByAPropertyCountWhatIsLookedAt) {
  const auto branch = [](int i) {
    return json{{"type", "object"},
                {"properties", {{"kind", {{"const", i}}}, {"text", {{"type", "string"}}}}},
                {"required", {"kind", "text"}}};
  };
  const json schema = branches("oneOf", 10, branch);
  SchemaComparison comparison(schema);
  comparison.check_apart(schema.at("oneOf"), "/oneOf");
  EXPECT_EQ(comparison.comparisons(), 3U * 45U);
  EXPECT_TRUE(json_schema_rules(schema.dump()));
}

TEST(SchemaLimits, LongListsOfValuesWideObjectsAndLongNamesAreRefused) {
  EXPECT_EQ(refusal(listing(0, 5'000)).message, "schema: enum may list 4096 values at most");
  EXPECT_TRUE(json_schema_rules(listing(0, 4'096).dump()));
  json wide = json::object();
  for (int i = 0; i < 1'025; ++i) wide["p" + std::to_string(i)] = true;
  const Error too_wide = refusal({{"type", "object"}, {"properties", wide}});
  EXPECT_EQ(too_wide.kind, ErrorKind::too_large);
  EXPECT_EQ(too_wide.message, "schema: an object may have 1024 members at most");
  const Error too_long = refusal({{"properties", {{std::string(513, '~'), true}}}});
  EXPECT_EQ(too_long.kind, ErrorKind::too_large);
  EXPECT_EQ(refusal({{"type", {"null", "string", "null"}}}).message, "schema: type names null twice");
}

TEST(SchemaLimits, HugeNumbersAreIntegersWhenTheyHaveNoFraction) {
  EXPECT_TRUE(is_of_type(json(1e300), "integer"));
  EXPECT_TRUE(is_of_type(json(-1e300), "integer"));
  EXPECT_TRUE(is_of_type(json(2.0), "integer"));
  EXPECT_FALSE(is_of_type(json(2.5), "integer"));
  EXPECT_FALSE(is_of_type(json(1e-300), "integer"));
  EXPECT_TRUE(json_schema_rules(R"({"type": "integer", "enum": [1e300]})"));
  EXPECT_TRUE(json_schema_rules(R"({"oneOf": [{"enum": [1e300]}, {"type": "string"}]})"));
  EXPECT_EQ(refusal(json::parse(R"({"oneOf": [{"enum": [1e300]}, {"type": "integer"}]})")).kind,
            ErrorKind::unsupported);
}

}  // namespace
}  // namespace preceptor::engine
