#include "engine/constrained/json_schema.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "base/json.hpp"
#include "tests/constrained/form_writer.hpp"

namespace preceptor::engine {
namespace {

using nlohmann::json;

std::shared_ptr<const Constraint> form(const json& schema) {
  auto made = json_schema_form(schema.dump(), form_vocabulary());
  EXPECT_TRUE(made.has_value()) << schema << ": " << (made ? "" : made.error().text());
  return made.value();
}

std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char byte) { return (byte & 0xC0) != 0x80; }));
}

// A validator of the words used here, written apart from the compiler.
bool valid(const json& value, const json& schema, const json& root) {
  if (schema.is_boolean()) return schema.get<bool>();
  if (schema.contains("$ref")) {
    const auto pointer = schema["$ref"].get<std::string>().substr(1);
    return valid(value, root.at(json::json_pointer(pointer)), root);
  }
  if (schema.contains("const") && value != schema["const"]) return false;
  if (schema.contains("enum") &&
      std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end())
    return false;
  for (const char* word : {"anyOf", "oneOf"}) {
    if (!schema.contains(word)) continue;
    int count = 0;
    for (const json& one : schema[word]) count += valid(value, one, root) ? 1 : 0;
    if (count == 0 || (std::string(word) == "oneOf" && count != 1)) return false;
  }
  if (schema.contains("type")) {
    const json types = schema["type"].is_array() ? schema["type"] : json::array({schema["type"]});
    bool fits = false;
    for (const json& type : types) {
      fits |= type == "integer"  ? value.is_number_integer()
              : type == "number" ? value.is_number()
                                 : type == value.type_name();
    }
    if (!fits) return false;
  }
  if (value.is_object()) {
    for (const json& name : schema.value("required", json::array()))
      if (!value.contains(name.get<std::string>())) return false;
    const json properties = schema.value("properties", json::object());
    const json more = schema.value("additionalProperties", json(true));
    for (const auto& [name, inner] : value.items())
      if (!valid(inner, properties.contains(name) ? properties[name] : more, root)) return false;
  }
  if (value.is_array()) {
    if (value.size() < schema.value("minItems", 0U) || value.size() > schema.value("maxItems", 10000U))
      return false;
    const json prefix = schema.value("prefixItems", json::array());
    for (std::size_t i = 0; i < value.size(); ++i)
      if (!valid(value[i], i < prefix.size() ? prefix[i] : schema.value("items", json(true)), root))
        return false;
  }
  if (value.is_string()) {
    const auto text = value.get<std::string>();
    if (characters(text) < schema.value("minLength", 0U) ||
        characters(text) > schema.value("maxLength", 10000U))
      return false;
    if (schema.contains("pattern") &&
        !std::regex_search(text, std::regex(schema["pattern"].get<std::string>())))
      return false;
  }
  if (value.is_number()) {
    const double number = value.get<double>();
    if (number < schema.value("minimum", -1e300) || number > schema.value("maximum", 1e300)) return false;
    if (number <= schema.value("exclusiveMinimum", -1e300) ||
        number >= schema.value("exclusiveMaximum", 1e300))
      return false;
  }
  return true;
}

const json ferry = {
    {"type", "object"},
    {"title", "A ferry"},
    {"properties",
     {{"name", {{"type", "string"}, {"minLength", 1}, {"maxLength", 12}}},
      {"cost", {{"type", "integer"}, {"minimum", 0}, {"maximum", 250}}},
      {"open", {{"type", "boolean"}, {"default", true}}},
      {"note", {{"anyOf", {{{"type", "string"}, {"maxLength", 5}}, {{"type", "null"}}}}}},
      {"kind", {{"enum", {"car", "foot", 3, nullptr}}}},
      {"stops",
       {{"type", "array"}, {"items", {{"$ref", "#/$defs/stop"}}}, {"minItems", 1}, {"maxItems", 3}}}}},
    {"required", {"name", "cost", "stops"}},
    {"additionalProperties", false},
    {"$defs",
     {{"stop",
       {{"type", "object"},
        {"properties",
         {{"at", {{"type", "number"}, {"minimum", -1}, {"exclusiveMaximum", 24}}},
          {"next", {{"anyOf", {{{"$ref", "#/$defs/stop"}}, {{"type", "null"}}}}}}}},
        {"required", {"at", "next"}}}}}}};

TEST(JsonSchema, EveryTextFulfilsTheSchema) {
  const std::vector<json> schemas = {
      ferry,
      {{"type", "array"}, {"items", {{"type", {"integer", "null"}}}}, {"maxItems", 6}},
      {{"type", "array"},
       {"prefixItems", {{{"const", "x"}}, {{"type", "boolean"}}}},
       {"items", {{"type", "null"}}},
       {"maxItems", 4}},
      {{"type", "string"}, {"pattern", "^[A-Z]{2}-\\d+$"}},
      {{"type", "string"}, {"pattern", "\"|\\\\"}},
      {{"type", "number"}, {"exclusiveMinimum", -3}, {"maximum", 7}},
      {{"type", "integer"}, {"exclusiveMinimum", -120}, {"exclusiveMaximum", -7}},
      {{"oneOf",
        {{{"type", "object"},
          {"properties", {{"kind", {{"const", "a"}}}, {"x", {{"type", "integer"}}}}},
          {"required", {"kind"}}},
         {{"type", "object"},
          {"properties", {{"kind", {{"const", "b"}}}, {"y", {{"type", "string"}, {"maxLength", 3}}}}},
          {"required", {"kind", "y"}}},
         {{"type", "null"}}}}},
      {{"type", "object"}, {"additionalProperties", {{"type", "integer"}}}},
      {{"properties", {{"a", true}}}, {"required", {"a"}}},
      {{"const", {{"b", {1, 2.5, "x\n\u00e4"}}, {"a", nullptr}}}},
      {{"allOf", {{{"enum", {1, 2}}}}}}};
  Random random(11);
  for (const json& schema : schemas) {
    const auto one = form(schema);
    int finished = 0;
    for (int i = 0; i < 60; ++i) {
      const auto text = random_text(*one, random, 600);
      if (!text) continue;  // grew too long, as random texts may
      ++finished;
      const auto value = parse_json(*text, {.depth_max = 100});
      ASSERT_TRUE(value.has_value()) << schema << "\n" << *text;
      EXPECT_TRUE(valid(*value, schema, schema)) << schema << "\n" << *text;
    }
    EXPECT_GT(finished, 5) << schema;
  }
}

TEST(JsonSchema, TextsThatFulfilItAreAllowedAndOthersAreNot) {
  const auto one = form(ferry);
  const auto accepts = [&](const std::string& text) {
    EXPECT_EQ(matches(*one, text, true), matches(*one, text, false)) << text;
    return matches(*one, text);
  };
  // nlohmann::json sorts the names, so that is the schema's order here.
  EXPECT_TRUE(accepts(R"({"cost":250,"name":"für \"x\" \\ \n","stops":[{"at":-0.5,"next":null}]})"));
  EXPECT_TRUE(accepts(
      R"({"cost": 0, "kind": 3, "name": "a", "open": true, "stops": [{"at": 23.999, "next": {"at": 1, "next": null}}]})"));
  EXPECT_TRUE(accepts(
      "{\n  \"cost\": 9,\n  \"name\": \"a\",\n  \"stops\": [\n    {\"at\": 1.0, \"next\": null}\n  ]\n}"));
  EXPECT_FALSE(accepts(R"({"name":"a","cost":1,"stops":[{"at":1,"next":null}]})")) << "another order";
  EXPECT_FALSE(accepts(R"({"cost":1,"name":"","stops":[{"at":1,"next":null}]})")) << "too short";
  EXPECT_FALSE(accepts(R"({"cost":1,"name":"abcdefghijklm","stops":[{"at":1,"next":null}]})")) << "too long";
  EXPECT_FALSE(accepts(R"({"cost":251,"name":"a","stops":[{"at":1,"next":null}]})"));
  EXPECT_FALSE(accepts(R"({"cost":01,"name":"a","stops":[{"at":1,"next":null}]})"));
  EXPECT_FALSE(accepts(R"({"cost":1,"name":"a","stops":[]})"));
  EXPECT_FALSE(accepts(R"({"cost":1,"name":"a","stops":[{"at":24,"next":null}]})"));
  EXPECT_FALSE(accepts(R"({"cost":1,"name":"a","stops":[{"at":1,"next":null}],"zeal":1})"));
  EXPECT_FALSE(accepts(R"({"cost":1,"name":"a"})"));
}

TEST(JsonSchema, PropertiesComeInTheSchemasOrder) {
  const auto one =
      json_schema_form(
          R"({"type":"object","properties":{"z":{"const":1},"a":{"const":2}},"required":["a","z"]})",
          form_vocabulary())
          .value();
  EXPECT_TRUE(matches(*one, R"({"z":1,"a":2})"));
  EXPECT_FALSE(matches(*one, R"({"a":2,"z":1})"));
}

TEST(JsonSchema, IntegerBoundsAreExact) {
  Random random(3);
  for (int round = 0; round < 40; ++round) {
    const auto low = static_cast<int>(random.below(700)) - 350;
    const int high = low + static_cast<int>(random.below(400));
    const auto one = form({{"type", "integer"}, {"minimum", low}, {"maximum", high}});
    for (int value = low - 3; value <= low + 3; ++value)
      EXPECT_EQ(matches(*one, std::to_string(value)), value >= low && value <= high)
          << low << ".." << high << ": " << value;
    for (int value = high - 3; value <= high + 3; ++value)
      EXPECT_EQ(matches(*one, std::to_string(value)), value >= low && value <= high)
          << low << ".." << high << ": " << value;
    for (int i = 0; i < 10; ++i) {
      const int value = low + static_cast<int>(random.below(static_cast<std::uint64_t>(high - low + 1)));
      EXPECT_TRUE(matches(*one, std::to_string(value))) << low << ".." << high << ": " << value;
    }
  }
}

TEST(JsonSchema, NumberBoundsAreExact) {
  for (const auto& [low, high] : {std::pair{-2, 3}, {0, 0}, {5, 6}, {-7, -7}, {-10, 0}}) {
    for (const bool open : {false, true}) {
      if (open && low == high) continue;
      const auto one =
          form(open ? json{{"type", "number"}, {"exclusiveMinimum", low}, {"exclusiveMaximum", high}}
                    : json{{"type", "number"}, {"minimum", low}, {"maximum", high}});
      for (double value = low - 1.5; value <= high + 1.5; value += 0.25) {
        std::string text = json(value).dump();
        const bool within = open ? value > low && value < high : value >= low && value <= high;
        EXPECT_EQ(matches(*one, text), within) << low << ".." << high << (open ? " open: " : ": ") << text;
      }
    }
  }
}

TEST(JsonSchema, FormatsAreReal) {
  Random random(5);
  for (const auto& [name, pattern] : {std::pair{"date", R"(\d{4}-\d\d-\d\d)"},
                                      {"time", R"(\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))"},
                                      {"uuid", R"([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})"},
                                      {"ipv4", R"(\d+\.\d+\.\d+\.\d+)"}}) {
    const auto one = form({{"type", "string"}, {"format", name}});
    for (int i = 0; i < 20; ++i) {
      const auto text = random_text(*one, random);
      ASSERT_TRUE(text.has_value());
      EXPECT_TRUE(std::regex_match(json::parse(*text).get<std::string>(), std::regex(pattern))) << *text;
    }
  }
  const auto date = form({{"type", "string"}, {"format", "date"}});
  EXPECT_TRUE(matches(*date, "\"2026-11-30\""));
  EXPECT_FALSE(matches(*date, "\"2026-11-31\""));
  EXPECT_FALSE(matches(*date, "\"2026-02-29\""));
}

TEST(JsonSchema, AnyJsonObjectIsOneAndNothingElseIs) {
  const auto one = json_object_form(form_vocabulary()).value();
  for (const std::string text :
       {"{}", R"({"a":[1,-2.5e3,{"b":[[],{}]},null,true],"a":"\u00e4\\\n"})", "{\n  \"x\": 1\n}"})
    EXPECT_TRUE(matches(*one, text)) << text;
  for (const std::string text :
       {"[]", "{", R"({"a":1,})", R"({a:1})", R"({"a":01})", "{\"a\":\"\n\"}", R"({"a":"\ud800"})", "{}{}"})
    EXPECT_FALSE(matches(*one, text)) << text;
  Random random(9);
  int finished = 0;
  for (int i = 0; i < 40; ++i) {
    const auto text = random_text(*one, random, 800);
    if (!text) continue;
    ++finished;
    EXPECT_TRUE(parse_json(*text, {.depth_max = 100}).has_value()) << *text;
  }
  EXPECT_GT(finished, 5);
}

TEST(JsonSchema, DepthIsBoundedAndTextsStillComeToAnEnd) {
  const auto one = json_object_form(form_vocabulary()).value();
  const auto state = one->begin(std::vector<TokenId>{end_of_text});
  const auto id_of = [](char byte) {
    for (std::size_t id = 0; id < form_vocabulary()->tokens().bytes.size(); ++id)
      if (form_vocabulary()->tokens().bytes[id] == std::string(1, byte)) return static_cast<TokenId>(id);
    return TokenId{-1};
  };
  const auto allows = [&](TokenId id) {
    return (state->allowed()[static_cast<std::size_t>(id) / 64] >> (static_cast<std::size_t>(id) % 64) &
            1U) != 0;
  };
  for (const char byte : std::string("{\"a\":")) state->accept(id_of(byte));
  int depth = 1;
  while (allows(id_of('['))) {
    state->accept(id_of('['));
    ASSERT_LT(++depth, 100);
  }
  EXPECT_GT(depth, 10);
  state->accept(id_of('0'));
  while (depth-- > 1) {
    ASSERT_TRUE(allows(id_of(']'))) << depth;
    state->accept(id_of(']'));
  }
  ASSERT_TRUE(allows(id_of('}')));
}

TEST(JsonSchema, UnknownWordsAreRefusedByNameAndPlace) {
  const auto refused = [](const json& schema) {
    const auto made = json_schema_form(schema.dump(), form_vocabulary());
    EXPECT_FALSE(made.has_value()) << schema;
    return made ? Error{} : made.error();
  };
  for (const std::string word :
       {"not", "if", "patternProperties", "uniqueItems", "multipleOf", "contains", "minProperties",
        "propertyNames", "dependentRequired", "unevaluatedProperties"}) {
    const Error error = refused({{"type", "object"}, {"properties", {{"a/b", {{word, 1}}}}}});
    EXPECT_EQ(error.kind, ErrorKind::unsupported);
    EXPECT_NE(error.message.find(word), std::string::npos) << error.text();
    EXPECT_EQ(error.where, "/properties/a~1b/" + word);
  }
  EXPECT_NE(refused({{"type", "string"}, {"format", "email"}}).message.find("email"), std::string::npos);
  EXPECT_NE(refused({{"anyOf", {true}}, {"minLength", 3}}).message.find("minLength"), std::string::npos);
  EXPECT_NE(refused({{"oneOf", {{{"type", "integer"}}, {{"type", "number"}}}}}).message.find("oneOf"),
            std::string::npos);
  refused({{"$ref", "https://example.org/schema"}});
  refused({{"$ref", "#/$defs/nowhere"}});
  refused({{"type", "thing"}});
  refused({{"type", "integer"}, {"minimum", 3}, {"maximum", 2}});
  refused({{"type", "object"}, {"required", {"a"}}});
  refused({{"type", "number"}, {"minimum", 0.5}});
  refused({{"type", "string"}, {"pattern", "(a)\\1"}});
  refused({{"type", "string"}, {"minLength", 1000000}});
  refused({{"enum", json::array()}});
  refused(false);
  refused({{"$ref", "#"}});
  refused({{"type", "object"}, {"properties", {{"a", {{"$ref", "#"}}}}}, {"required", {"a"}}});
  EXPECT_FALSE(json_schema_form("{", form_vocabulary()).has_value());
  EXPECT_FALSE(json_schema_form("7", form_vocabulary()).has_value());
}

}  // namespace
}  // namespace preceptor::engine
