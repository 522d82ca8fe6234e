#include "engine/constrained/json_schema.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "engine/constrained/json_pieces.hpp"
#include "engine/constrained/schema_comparison.hpp"
#include "engine/constrained/schema_limits.hpp"
#include "engine/constrained/schema_refusal.hpp"
#include "engine/constrained/schema_scalars.hpp"

namespace preceptor::engine {
namespace {

using json = SchemaJson;
using Names = std::set<std::string, std::less<>>;

const Names notes = {"title",    "description", "default",  "examples",  "$schema", "$id",
                     "$comment", "deprecated",  "readOnly", "writeOnly", "$defs",   "definitions"};
const Names object_words = {"properties", "required", "additionalProperties"};
const Names array_words = {"items", "prefixItems", "minItems", "maxItems"};
const Names string_words = {"minLength", "maxLength", "pattern", "format"};
const Names number_words = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"};
const Names general_words = {"type", "enum", "const", "anyOf", "oneOf", "allOf", "$ref"};
const Names types = {"object", "array", "string", "number", "integer", "boolean", "null"};

class Compiler {
public:
  explicit Compiler(const json& root) : root_(root), comparison_(root) {
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
      if (!schema.get<bool>()) refuse_schema(where, ErrorKind::invalid, "false allows nothing");
      return rule_piece(value_rule);
    }
    if (!schema.is_object()) refuse_schema(where, ErrorKind::invalid, "a schema is an object, or true");
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
      refuse_schema(where + "/" + pointer_word(word), ErrorKind::unsupported,
                    "the keyword " + word + " is not supported");
    }
  }

  // These words say all there is to say: beside them only notes, and those given.
  static void alone(const json& schema, const std::string& word, const std::string& where,
                    const Names& besides = {}) {
    for (const auto& [other, value] : schema.items()) {
      if (other == word || notes.contains(other) || besides.contains(other)) continue;
      refuse_schema(where + "/" + pointer_word(other), ErrorKind::unsupported,
                    "the keyword " + other + " beside " + word + " is not supported");
    }
  }

  Piece reference(const json& schema, const std::string& where) {
    alone(schema, "$ref", where);
    const json& target = schema.at("$ref");
    if (!target.is_string() || !target.get<std::string>().starts_with("#"))
      refuse_schema(where + "/$ref", ErrorKind::unsupported, "$ref must lead to a place in the schema: #/…");
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
      if (!there) refuse_schema(where + "/$ref", ErrorKind::invalid, "$ref leads nowhere: #" + pointer);
      rules_.push_back(nullptr);
      open_.emplace_back(known->second, pointer);
    }
    return rule_piece(known->second);
  }

  static std::vector<std::string> types_of(const json& schema, const std::string& where) {
    if (!schema.contains("type")) return {};
    const json& type = schema.at("type");
    const json list = type.is_array() ? type : json::array({type});
    std::vector<std::string> all;
    for (const json& one : list) {
      if (!one.is_string() || !types.contains(one.get<std::string>()))
        refuse_schema(where + "/type", ErrorKind::invalid, "type names no type of JSON");
      if (std::ranges::find(all, one.get<std::string>()) != all.end())
        refuse_schema(where + "/type", ErrorKind::invalid, "type names " + one.get<std::string>() + " twice");
      all.push_back(one.get<std::string>());
    }
    if (all.empty()) refuse_schema(where + "/type", ErrorKind::invalid, "type is empty");
    return all;
  }

  Piece values(const json& schema, const std::string& where) {
    const char* word = schema.contains("const") ? "const" : "enum";
    alone(schema, word, where, {"type"});
    const json list = schema.contains("const") ? json::array({schema.at("const")}) : schema.at("enum");
    if (!list.is_array()) refuse_schema(where + "/enum", ErrorKind::invalid, "enum is no list");
    if (list.size() > schema_values_max)
      refuse_schema(where + "/enum", ErrorKind::too_large,
                    "enum may list " + std::to_string(schema_values_max) + " values at most");
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
      refuse_schema(place, ErrorKind::invalid, word + " is no list of schemas");
    if (list.size() > schema_branches_max)
      refuse_schema(place, ErrorKind::too_large,
                    word + " may have " + std::to_string(schema_branches_max) + " branches at most");
    if (word == "allOf" && list.size() > 1)
      refuse_schema(place, ErrorKind::unsupported, "allOf of several schemas is not supported");
    if (word == "oneOf") comparison_.check_apart(list, place);
    std::vector<Piece> all;
    for (std::size_t i = 0; i < list.size(); ++i)
      all.push_back(piece_of(list[i], place + "/" + std::to_string(i)));
    return choice(std::move(all));
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
    if (type == "string") return string_of_schema(schema, where);
    if (type == "integer") return integer_of_schema(schema, where);
    if (type == "number") return number_of_schema(schema, where);
    if (type == "boolean") return choice({literal("true"), literal("false")});
    return literal("null");
  }

  Piece object(const json& schema, const std::string& where) {
    const json properties = schema.value("properties", json::object());
    const json required = schema.value("required", json::array());
    if (!properties.is_object())
      refuse_schema(where + "/properties", ErrorKind::invalid, "properties is no object");
    if (!required.is_array()) refuse_schema(where + "/required", ErrorKind::invalid, "required is no list");
    Names must;
    for (const json& name : required) {
      if (!name.is_string() ||
          (must.insert(name.get<std::string>()).second && !properties.contains(name.get<std::string>())))
        refuse_schema(where + "/required", ErrorKind::unsupported,
                      "required names what is not in properties");
    }
    if (properties.empty()) return free_object(schema, where);
    std::vector<Field> fields;
    for (const auto& [name, property] : properties.items()) {
      fields.push_back(
          {.name = literal(json(name).dump() + ":"),
           .value = sequence({space(), piece_of(property, where + "/properties/" + pointer_word(name))}),
           .required = must.contains(name)});
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
    const auto least = count_of_schema(schema, "minItems", where).value_or(0);
    const auto most = count_of_schema(schema, "maxItems", where);
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
      refuse_schema(where + "/prefixItems", ErrorKind::invalid, "prefixItems is no list of schemas");
    const auto size = static_cast<std::int64_t>(prefix.size());
    if (most && *most < size)
      refuse_schema(where + "/maxItems", ErrorKind::unsupported,
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

  const json& root_;
  SchemaComparison comparison_;
  std::vector<Piece> rules_;
  std::map<std::string, RuleId> references_;
  std::vector<std::pair<RuleId, std::string>> open_;
};

}  // namespace

Result<std::vector<Piece>> json_schema_rules(std::string_view schema_json) {
  // Checked with limits first; then read again for the order of the properties.
  if (const auto checked = check_schema_size(schema_json); !checked) return tl::unexpected(checked.error());
  try {
    const json root = json::parse(schema_json);
    return Compiler(root).compile();
  } catch (const SchemaRefused& refused) {
    return tl::unexpected(refused.error);
  }
}

std::vector<Piece> json_object_rules() { return json_rules(); }

}  // namespace preceptor::engine
