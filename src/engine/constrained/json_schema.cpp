#include "engine/constrained/json_schema.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "base/json.hpp"
#include "engine/constrained/json_pieces.hpp"
#include "engine/constrained/number_pieces.hpp"
#include "engine/constrained/regular_expression.hpp"

namespace preceptor::engine {
namespace {

using json = nlohmann::ordered_json;
using Names = std::set<std::string, std::less<>>;

constexpr std::size_t schema_bytes_max = 1 << 20;
constexpr int schema_depth_max = 64;
constexpr std::int64_t count_max = 20'000;

const Names notes = {"title",    "description", "default",  "examples",  "$schema", "$id",
                     "$comment", "deprecated",  "readOnly", "writeOnly", "$defs",   "definitions"};
const Names object_words = {"properties", "required", "additionalProperties"};
const Names array_words = {"items", "prefixItems", "minItems", "maxItems"};
const Names string_words = {"minLength", "maxLength", "pattern", "format"};
const Names number_words = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"};
const Names general_words = {"type", "enum", "const", "anyOf", "oneOf", "allOf", "$ref"};
const Names types = {"object", "array", "string", "number", "integer", "boolean", "null"};

struct Refused {
  Error error;
};
[[noreturn]] void refuse_at(const std::string& where, ErrorKind kind, const std::string& message) {
  throw Refused{{kind, "schema: " + message, "", where.empty() ? "/" : where}};
}

std::string pointer_word(std::string name) {
  for (const auto& [from, to] : {std::pair<std::string, std::string>{"~", "~0"}, {"/", "~1"}}) {
    for (std::size_t at = name.find(from); at != std::string::npos; at = name.find(from, at + to.size()))
      name.replace(at, 1, to);
  }
  return name;
}

bool holds(const json& list, const std::string& name) {
  return std::find(list.begin(), list.end(), json(name)) != list.end();
}

class Compiler {
public:
  explicit Compiler(const json& root) : root_(root) {
    rules_ = json_rules();
    rules_[0] = nullptr;
  }

  std::vector<Piece> compile() {
    rules_[0] = piece_of(root_, "");
    while (!open_.empty()) {
      const auto [rule, pointer] = open_.back();
      open_.pop_back();
      rules_[static_cast<std::size_t>(rule)] = piece_of(root_.at(json::json_pointer(pointer)), pointer);
    }
    return rules_;
  }

private:
  Piece piece_of(const json& schema, const std::string& where) {
    if (schema.is_boolean()) {
      if (!schema.get<bool>()) refuse_at(where, ErrorKind::invalid, "false allows nothing");
      return rule_piece(value_rule);
    }
    if (!schema.is_object()) refuse_at(where, ErrorKind::invalid, "a schema is an object, or true");
    check_words(schema, where);
    if (schema.contains("$ref")) return reference(schema, where);
    if (schema.contains("const") || schema.contains("enum")) return values(schema, where);
    for (const char* word : {"anyOf", "oneOf", "allOf"}) {
      if (schema.contains(word)) return branches(schema, word, where);
    }
    return typed(schema, where);
  }

  static void check_words(const json& schema, const std::string& where) {
    for (const auto& [word, value] : schema.items()) {
      const bool known = notes.contains(word) || object_words.contains(word) || array_words.contains(word) ||
                         string_words.contains(word) || number_words.contains(word) ||
                         general_words.contains(word);
      if (known) continue;
      refuse_at(where + "/" + pointer_word(word), ErrorKind::unsupported,
                "the keyword " + word + " is not supported");
    }
  }

  // These words say all there is to say: beside them only notes, and those given.
  static void alone(const json& schema, const std::string& word, const std::string& where,
                    const Names& besides = {}) {
    for (const auto& [other, value] : schema.items()) {
      if (other == word || notes.contains(other) || besides.contains(other)) continue;
      refuse_at(where + "/" + pointer_word(other), ErrorKind::unsupported,
                "the keyword " + other + " beside " + word + " is not supported");
    }
  }

  Piece reference(const json& schema, const std::string& where) {
    alone(schema, "$ref", where);
    const json& target = schema.at("$ref");
    if (!target.is_string() || !target.get<std::string>().starts_with("#"))
      refuse_at(where + "/$ref", ErrorKind::unsupported, "$ref must lead to a place in the schema: #/…");
    const std::string pointer = target.get<std::string>().substr(1);
    if (pointer.empty()) return rule_piece(0);
    const auto [known, is_new] = references_.try_emplace(pointer, static_cast<RuleId>(rules_.size()));
    if (is_new) {
      bool there = pointer.starts_with("/");
      try {
        there = there && root_.contains(json::json_pointer(pointer));
      } catch (const json::exception&) {
        there = false;
      }
      if (!there) refuse_at(where + "/$ref", ErrorKind::invalid, "$ref leads nowhere: #" + pointer);
      rules_.push_back(nullptr);
      open_.emplace_back(known->second, pointer);
    }
    return rule_piece(known->second);
  }

  static bool is_of_type(const json& value, const std::string& type) {
    if (type == "integer")
      return value.is_number_integer() ||
             (value.is_number_float() &&
              value.get<double>() == static_cast<double>(static_cast<std::int64_t>(value.get<double>())));
    if (type == "number") return value.is_number();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_boolean();
    if (type == "null") return value.is_null();
    if (type == "object") return value.is_object();
    return value.is_array();
  }

  static std::vector<std::string> types_of(const json& schema, const std::string& where) {
    if (!schema.contains("type")) return {};
    const json& type = schema.at("type");
    const json list = type.is_array() ? type : json::array({type});
    std::vector<std::string> all;
    for (const json& one : list) {
      if (!one.is_string() || !types.contains(one.get<std::string>()))
        refuse_at(where + "/type", ErrorKind::invalid, "type names no type of JSON");
      all.push_back(one.get<std::string>());
    }
    if (all.empty()) refuse_at(where + "/type", ErrorKind::invalid, "type is empty");
    return all;
  }

  Piece values(const json& schema, const std::string& where) {
    const char* word = schema.contains("const") ? "const" : "enum";
    alone(schema, word, where, {"type"});
    const json list = schema.contains("const") ? json::array({schema.at("const")}) : schema.at("enum");
    if (!list.is_array()) refuse_at(where + "/enum", ErrorKind::invalid, "enum is no list");
    const auto allowed = types_of(schema, where);
    std::vector<Piece> all;
    for (const json& value : list) {
      const auto fits = [&](const std::string& type) { return is_of_type(value, type); };
      if (allowed.empty() || std::ranges::any_of(allowed, fits)) all.push_back(literal(value.dump()));
    }
    return choice(std::move(all));
  }

  Piece branches(const json& schema, const std::string& word, const std::string& where) {
    alone(schema, word, where);
    const json& list = schema.at(word);
    const std::string place = where + "/" + word;
    if (!list.is_array() || list.empty())
      refuse_at(place, ErrorKind::invalid, word + " is no list of schemas");
    if (word == "allOf" && list.size() > 1)
      refuse_at(place, ErrorKind::unsupported, "allOf of several schemas is not supported");
    if (word == "oneOf") check_apart(list, place);
    std::vector<Piece> all;
    for (std::size_t i = 0; i < list.size(); ++i)
      all.push_back(piece_of(list[i], place + "/" + std::to_string(i)));
    return choice(std::move(all));
  }

  // A schema that $ref leads to, itself otherwise.
  const json& resolved(const json& schema) const {
    const json* at = &schema;
    for (int i = 0; i < 16 && at->is_object() && at->contains("$ref"); ++i) {
      const json& target = at->at("$ref");
      if (!target.is_string() || !target.get<std::string>().starts_with("#/")) break;
      try {
        at = &root_.at(json::json_pointer(target.get<std::string>().substr(1)));
      } catch (const json::exception&) {
        break;
      }
    }
    return *at;
  }

  // The values that a schema is limited to; none when it is not.
  static std::vector<json> listed(const json& schema) {
    if (!schema.is_object()) return {};
    if (schema.contains("const")) return {schema.at("const")};
    if (!schema.contains("enum") || !schema.at("enum").is_array()) return {};
    return {schema.at("enum").begin(), schema.at("enum").end()};
  }

  static Names kinds_of(const json& schema) {
    Names kinds;
    for (const json& value : listed(schema)) {
      for (const std::string& type : types) {
        if (type != "number" && is_of_type(value, type)) kinds.insert(type);
      }
      if (value.is_number()) kinds.insert("number");
    }
    if (!kinds.empty() || !schema.is_object() || !schema.contains("type")) return kinds;
    const json& type = schema.at("type");
    for (const json& one : type.is_array() ? type : json::array({type})) {
      if (one == "number") kinds.insert("integer");
      if (one == "integer") kinds.insert("number");
      if (one.is_string()) kinds.insert(one.get<std::string>());
    }
    return kinds;
  }

  static bool share_none(const auto& one, const auto& other) {
    return std::none_of(one.begin(), one.end(), [&](const auto& value) {
      return std::find(other.begin(), other.end(), value) != other.end();
    });
  }

  bool apart(const json& one, const json& other) const {
    const Names one_kinds = kinds_of(one);
    const Names other_kinds = kinds_of(other);
    if (!one_kinds.empty() && !other_kinds.empty() && share_none(one_kinds, other_kinds)) return true;
    const auto one_values = listed(one);
    const auto other_values = listed(other);
    if (!one_values.empty() && !other_values.empty()) return share_none(one_values, other_values);
    return told_apart_by_a_property(one, other);
  }

  bool told_apart_by_a_property(const json& one, const json& other) const {
    for (const json* schema : {&one, &other}) {
      if (!schema->is_object() || !schema->contains("properties") || !schema->contains("required"))
        return false;
    }
    for (const auto& [name, property] : one.at("properties").items()) {
      if (!other.at("properties").contains(name)) continue;
      const auto required = [&](const json& schema) { return holds(schema.at("required"), name); };
      const auto mine = listed(resolved(property));
      const auto theirs = listed(resolved(other.at("properties").at(name)));
      if (required(one) && required(other) && !mine.empty() && !theirs.empty() && share_none(mine, theirs))
        return true;
    }
    return false;
  }

  void check_apart(const json& list, const std::string& where) const {
    for (std::size_t i = 0; i < list.size(); ++i) {
      for (std::size_t j = i + 1; j < list.size(); ++j) {
        if (apart(resolved(list[i]), resolved(list[j]))) continue;
        refuse_at(where, ErrorKind::unsupported,
                  "oneOf with branches that a value might fulfil together is not supported: anyOf is");
      }
    }
  }

  Piece typed(const json& schema, const std::string& where) {
    auto wanted = types_of(schema, where);
    const auto speaks_of = [&](const Names& words) {
      return std::ranges::any_of(words, [&](const std::string& word) { return schema.contains(word); });
    };
    if (wanted.empty()) {
      for (const auto& [words, type] : {std::pair{&object_words, "object"},
                                        {&array_words, "array"},
                                        {&string_words, "string"},
                                        {&number_words, "number"}}) {
        if (speaks_of(*words)) wanted.emplace_back(type);
      }
    }
    if (wanted.empty()) return rule_piece(value_rule);
    std::vector<Piece> all;
    for (const std::string& type : wanted) all.push_back(of_type(type, schema, where));
    return choice(std::move(all));
  }

  Piece of_type(const std::string& type, const json& schema, const std::string& where) {
    if (type == "object") return object(schema, where);
    if (type == "array") return array(schema, where);
    if (type == "string") return string(schema, where);
    if (type == "integer") return integer(schema, where);
    if (type == "number") return number(schema, where);
    if (type == "boolean") return choice({literal("true"), literal("false")});
    return literal("null");
  }

  static std::optional<std::int64_t> count(const json& schema, const char* word, const std::string& where) {
    if (!schema.contains(word)) return std::nullopt;
    const json& value = schema.at(word);
    const bool whole = value.is_number() && value.get<double>() >= 0 && value.get<double>() <= 1e15 &&
                       value.get<double>() == static_cast<double>(value.get<std::int64_t>());
    if (!whole) refuse_at(where + "/" + word, ErrorKind::invalid, std::string(word) + " is no count");
    if (value.get<std::int64_t>() > count_max && std::string_view(word).starts_with("min"))
      refuse_at(where + "/" + word, ErrorKind::too_large,
                std::string(word) + " may be " + std::to_string(count_max) + " at most");
    return std::min(value.get<std::int64_t>(), count_max);
  }

  Piece object(const json& schema, const std::string& where) {
    const json properties = schema.value("properties", json::object());
    const json required = schema.value("required", json::array());
    if (!properties.is_object())
      refuse_at(where + "/properties", ErrorKind::invalid, "properties is no object");
    if (!required.is_array()) refuse_at(where + "/required", ErrorKind::invalid, "required is no list");
    for (const json& name : required) {
      if (!name.is_string() || !properties.contains(name.get<std::string>()))
        refuse_at(where + "/required", ErrorKind::unsupported, "required names what is not in properties");
    }
    if (properties.empty()) return free_object(schema, where);
    std::vector<Field> fields;
    for (const auto& [name, property] : properties.items()) {
      fields.push_back(
          {.name = literal(json(name).dump() + ":"),
           .value = sequence({space(), piece_of(property, where + "/properties/" + pointer_word(name))}),
           .required = holds(required, name)});
    }
    return sequence({literal("{"), space(), field_list(std::move(fields), comma()), space(), literal("}")});
  }

  Piece free_object(const json& schema, const std::string& where) {
    const json more = schema.value("additionalProperties", json(true));
    if (more.is_boolean() && !more.get<bool>()) return literal("{}");
    if (more.is_boolean()) return rule_piece(object_rule);
    return object_piece(own_rule(piece_of(more, where + "/additionalProperties")));
  }

  // A rule of its own, so that repetitions do not repeat its states.
  Piece own_rule(Piece piece) {
    if (piece->kind == Expression::Kind::rule) return piece;
    rules_.push_back(std::move(piece));
    return rule_piece(static_cast<RuleId>(rules_.size()) - 1);
  }

  Piece array(const json& schema, const std::string& where) {
    const auto least = count(schema, "minItems", where).value_or(0);
    const auto most = count(schema, "maxItems", where);
    if (most && *most < least) return choice({});
    const json items = schema.value("items", json(true));
    const bool no_more = items.is_boolean() && !items.get<bool>();
    if (!schema.contains("prefixItems")) {
      if (no_more) return least > 0 ? choice({}) : literal("[]");
      const Piece item = own_rule(piece_of(items, where + "/items"));
      return array_piece(list(item, comma(), static_cast<std::int32_t>(least),
                              most ? static_cast<std::int32_t>(*most) : unbounded));
    }
    return tuple(schema, where, least, most, no_more);
  }

  Piece tuple(const json& schema, const std::string& where, std::int64_t least,
              std::optional<std::int64_t> most, bool no_more) {
    const json& prefix = schema.at("prefixItems");
    if (!prefix.is_array() || prefix.empty())
      refuse_at(where + "/prefixItems", ErrorKind::invalid, "prefixItems is no list of schemas");
    const auto size = static_cast<std::int64_t>(prefix.size());
    if (most && *most < size)
      refuse_at(where + "/maxItems", ErrorKind::unsupported,
                "maxItems below the count of prefixItems is not supported");
    std::vector<Piece> parts;
    for (std::size_t i = 0; i < prefix.size(); ++i) {
      if (i > 0) parts.push_back(comma());
      parts.push_back(piece_of(prefix[i], where + "/prefixItems/" + std::to_string(i)));
    }
    const auto more_least = std::max<std::int64_t>(least - size, 0);
    if (no_more && more_least > 0) return choice({});
    if (!no_more) {
      const Piece item = own_rule(piece_of(schema.value("items", json(true)), where + "/items"));
      parts.push_back(repeat(sequence({comma(), item}), static_cast<std::int32_t>(more_least),
                             most ? static_cast<std::int32_t>(*most - size) : unbounded));
    }
    return array_piece(sequence(std::move(parts)));
  }

  static Piece string(const json& schema, const std::string& where) {
    const auto least = count(schema, "minLength", where);
    const auto most = count(schema, "maxLength", where);
    const int rules =
        (schema.contains("pattern") ? 1 : 0) + (schema.contains("format") ? 1 : 0) + (least || most ? 1 : 0);
    if (rules > 1)
      refuse_at(where, ErrorKind::unsupported,
                "pattern, format and a length beside each other are not supported: say it in the pattern");
    if (schema.contains("pattern")) {
      if (!schema.at("pattern").is_string())
        refuse_at(where + "/pattern", ErrorKind::invalid, "pattern is no text");
      auto inner =
          parse_regular_expression(schema.at("pattern").get<std::string>(), Characters::json, Match::search);
      if (!inner) refuse_at(where + "/pattern", inner.error().kind, inner.error().message);
      return sequence({literal("\""), *inner, literal("\"")});
    }
    if (schema.contains("format")) return format_piece(schema.at("format"), where);
    if (most && *most < least.value_or(0)) return choice({});
    return string_piece(static_cast<std::int32_t>(least.value_or(0)),
                        most ? static_cast<std::int32_t>(*most) : unbounded);
  }

  static Piece format_piece(const json& format, const std::string& where) {
    const std::string name = format.is_string() ? format.get<std::string>() : "";
    const auto pattern = format_pattern(name);
    if (!pattern)
      refuse_at(where + "/format", ErrorKind::unsupported, "the format " + name + " is not supported");
    const auto inner = parse_regular_expression(*pattern, Characters::json, Match::whole);
    return sequence({literal("\""), inner.value(), literal("\"")});
  }

  static std::optional<double> bound(const json& schema, const char* word, const std::string& where) {
    if (!schema.contains(word)) return std::nullopt;
    const json& value = schema.at(word);
    if (!value.is_number() || std::abs(value.get<double>()) > 1e17)
      refuse_at(where + "/" + word, ErrorKind::unsupported,
                std::string(word) + " must be a number within ±1e17");
    return value.get<double>();
  }

  static Piece integer(const json& schema, const std::string& where) {
    std::int64_t least = -integer_max;
    std::int64_t most = integer_max;
    const auto up = [](double value) { return static_cast<std::int64_t>(std::ceil(value)); };
    const auto down = [](double value) { return static_cast<std::int64_t>(std::floor(value)); };
    if (const auto value = bound(schema, "minimum", where)) least = std::max(least, up(*value));
    if (const auto value = bound(schema, "exclusiveMinimum", where))
      least = std::max(least, down(*value) + 1);
    if (const auto value = bound(schema, "maximum", where)) most = std::min(most, down(*value));
    if (const auto value = bound(schema, "exclusiveMaximum", where)) most = std::min(most, up(*value) - 1);
    return integer_piece(least, most);
  }

  static Piece number(const json& schema, const std::string& where) {
    NumberRange range;
    const auto whole = [&](const char* word) -> std::optional<std::int64_t> {
      const auto value = bound(schema, word, where);
      if (value && *value != std::floor(*value))
        refuse_at(where + "/" + word, ErrorKind::unsupported,
                  std::string(word) + " of a number must be whole: other bounds are not supported");
      return value ? std::optional(static_cast<std::int64_t>(*value)) : std::nullopt;
    };
    range.least = whole("minimum");
    if (const auto value = whole("exclusiveMinimum"); value && (!range.least || *value >= *range.least)) {
      range.least = value;
      range.least_excluded = true;
    }
    range.most = whole("maximum");
    if (const auto value = whole("exclusiveMaximum"); value && (!range.most || *value <= *range.most)) {
      range.most = value;
      range.most_excluded = true;
    }
    return number_piece(range);
  }

  const json& root_;
  std::vector<Piece> rules_;
  std::map<std::string, RuleId> references_;
  std::vector<std::pair<RuleId, std::string>> open_;
};

}  // namespace

Result<std::vector<Piece>> json_schema_rules(std::string_view schema_json) {
  if (schema_json.size() > schema_bytes_max)
    return refuse(ErrorKind::too_large, "a schema may have a megabyte at most");
  // Checked with limits first; then again for the order of the properties.
  if (const auto checked = parse_json(schema_json, {.depth_max = schema_depth_max}); !checked)
    return tl::unexpected(checked.error());
  try {
    const json root = json::parse(schema_json);
    return Compiler(root).compile();
  } catch (const Refused& refused) {
    return tl::unexpected(refused.error);
  }
}

std::vector<Piece> json_object_rules() { return json_rules(); }

}  // namespace preceptor::engine
