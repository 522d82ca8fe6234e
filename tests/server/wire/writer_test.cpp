#include "server/wire/writer.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace preceptor::server::wire {
namespace {

struct Inner {
  std::int64_t count = 2;
  static void describe(Description<Inner>& is) {
    is.named("Inner");
    is.field("count", &Inner::count);
  }
};

struct Everything {
  Inner inner;
  std::string text = "plain";
  double number = 0.1;
  std::optional<bool> maybe;
  std::vector<Inner> list = {{1}, {2}};
  std::map<std::string, double> map = {{"a\"b", 1.0}};
  Json json{"{\"k\":[]}"};
  Timestamp at;
  static void describe(Description<Everything>& is) {
    is.named("Everything");
    is.inlined(&Everything::inner);
    is.field("text", &Everything::text);
    is.field("number", &Everything::number);
    is.field("maybe", &Everything::maybe);
    is.field("list", &Everything::list);
    is.field("map", &Everything::map);
    is.field("json", &Everything::json);
    is.field("at", &Everything::at);
  }
};

TEST(WireWriter, WritesEveryKindOfField) {
  EXPECT_EQ(to_json(Everything{}),
            R"({"count":2,"text":"plain","number":0.1,"maybe":null,"list":[{"count":1},{"count":2}],)"
            R"("map":{"a\"b":1},"json":{"k":[]},"at":"1970-01-01T00:00:00.000000Z"})");
}

TEST(WireWriter, EscapesSoThatEveryTextComesBackAsItWas) {
  std::string text;
  for (int c = 1; c < 128; ++c) text += static_cast<char>(c);
  text += "é𝄞\\u0041";
  std::string out;
  write_json_string(out, text);
  EXPECT_EQ(nlohmann::json::parse(out).get<std::string>(), text);
}

TEST(WireWriter, WritesNumbersThatComeBackBitForBit) {
  for (const double number : {0.1, 1e300, -4.9e-324, 1.0 / 3, 123456789.125}) {
    Everything value;
    value.number = number;
    EXPECT_EQ(nlohmann::json::parse(to_json(value))["number"].get<double>(), number);
  }
}

TEST(WireWriter, WritesNullForWhatIsNoNumber) {
  Everything value;
  value.number = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(nlohmann::json::parse(to_json(value))["number"].is_null());
}

}  // namespace
}  // namespace preceptor::server::wire
