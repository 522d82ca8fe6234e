#include "base/json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace preceptor {
namespace {

using Json = nlohmann::json;

TEST(ParseJson, SaysAtWhichByteTheTextBreaks) {
  const auto broken = parse_json(R"({"a": 1, "b": })");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().kind, ErrorKind::invalid);
  EXPECT_EQ(broken.error().where, "byte 14");
  EXPECT_FALSE(parse_json(""));
  EXPECT_EQ(parse_json(R"({"a": )").error().message, "JSON ends too early");
}

TEST(ParseJson, RefusesBadUtf8) {
  EXPECT_FALSE(parse_json("\"\xC0\xAF\""));
  EXPECT_FALSE(parse_json("\"\xED\xA0\x80\""));
  EXPECT_TRUE(parse_json("\"\u20ac\""));
}

TEST(ParseJson, RefusesDeepNestingButNotBracketsInsideText) {
  const std::string deep = std::string(50, '[') + std::string(50, ']');
  const auto refused = parse_json(deep);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where, "byte 32");
  EXPECT_TRUE(parse_json(deep, {.depth_max = 50}));
  EXPECT_TRUE(parse_json("\"" + std::string(50, '[') + "\\\"[\""));
  EXPECT_FALSE(parse_json(std::string(1000000, '['), {.depth_max = 1 << 30})) << "no stack is used up";
}

TEST(ParseJson, RefusesNumbersThatNoMachineHolds) { EXPECT_FALSE(parse_json("1e999")); }

TEST(JsonGet, ReturnsTypedMembers) {
  const Json object = {{"s", "text"}, {"i", 5}, {"d", 0.5}, {"b", true}, {"list", {"a", "b"}}};
  EXPECT_EQ(json_get<std::string>(object, "s").value(), "text");
  EXPECT_EQ(json_get<std::int64_t>(object, "i").value(), 5);
  EXPECT_EQ(json_get<double>(object, "i").value(), 5.0);
  EXPECT_EQ(json_get<float>(object, "d").value(), 0.5F);
  EXPECT_TRUE(json_get<bool>(object, "b").value());
  EXPECT_EQ(json_get<std::vector<std::string>>(object, "list").value(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(json_get<Json>(object, "list").value().size(), 2U);
}

TEST(JsonGet, SaysWhatIsWrongAndWhere) {
  const Json object = {{"s", "text"}, {"list", {"a", 7}}, {"big", 5000000000LL}, {"minus", -1}, {"d", 1.5}};
  EXPECT_EQ(json_get<std::int64_t>(object, "s").error().text(), "/s: should be a whole number, is string");
  EXPECT_EQ(json_get<std::string>(object, "nothing").error().text(), "/nothing: is missing");
  EXPECT_EQ(json_get<std::vector<std::string>>(object, "list").error().where, "/list/1");
  EXPECT_EQ(json_get<std::int32_t>(object, "big").error().text(), "/big: is out of range");
  EXPECT_EQ(json_get<std::uint64_t>(object, "minus").error().text(), "/minus: is out of range");
  EXPECT_FALSE(json_get<std::int64_t>(object, "d")) << "a fraction is not silently cut";
  EXPECT_FALSE(json_get<std::string>(Json::array(), "s"));
}

TEST(JsonFind, TakesMissingAndNullAsNothing) {
  const Json object = {{"null", nullptr}, {"i", 5}};
  EXPECT_EQ(json_find<std::int64_t>(object, "missing").value(), std::nullopt);
  EXPECT_EQ(json_find<std::int64_t>(object, "null").value(), std::nullopt);
  EXPECT_EQ(json_find<std::int64_t>(object, "i").value(), 5);
  EXPECT_FALSE(json_find<std::string>(object, "i"));
}

}  // namespace
}  // namespace preceptor
