#include "engine/constrained/schema_comparison.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/constrained/schema_limits.hpp"

namespace preceptor::engine {
namespace {

using json = SchemaJson;

constexpr std::array<std::string_view, 7> types = {"integer", "number", "string", "boolean",
                                                   "null",    "object", "array"};
constexpr std::uint32_t integer_kind = 1U << 0U;
constexpr std::uint32_t number_kind = 1U << 1U;
constexpr int references_max = 16;  // that lead on to each other

// The values that a schema is limited to; none when it is not.
std::vector<const json*> listed(const json& schema) {
  if (!schema.is_object()) return {};
  if (const auto only = schema.find("const"); only != schema.end()) return {&*only};
  const auto list = schema.find("enum");
  if (list == schema.end() || !list->is_array()) return {};
  std::vector<const json*> values;
  for (const json& value : *list) values.push_back(&value);
  return values;
}

std::uint32_t kind_bit(std::string_view type) {
  const auto found = std::ranges::find(types, type);
  return found == types.end() ? 0 : 1U << static_cast<std::uint32_t>(found - types.begin());
}

std::uint32_t kinds_of(const json& schema, const std::vector<const json*>& values) {
  std::uint32_t kinds = 0;
  for (const json* value : values) {
    for (const std::string_view type : types) kinds |= is_of_type(*value, type) ? kind_bit(type) : 0;
  }
  if (kinds != 0 || !schema.is_object() || !schema.contains("type")) return kinds;
  const json& type = schema.at("type");
  const auto add = [&](const json& one) {
    if (!one.is_string()) return;
    kinds |= kind_bit(one.get_ref<const std::string&>());
    if ((kinds & (integer_kind | number_kind)) != 0) kinds |= integer_kind | number_kind;
  };
  if (!type.is_array()) add(type);
  if (type.is_array()) std::ranges::for_each(type, add);
  return kinds;
}

}  // namespace

bool is_of_type(const json& value, std::string_view type) {
  if (type == "integer") {
    if (value.is_number_integer()) return true;
    return value.is_number_float() && std::floor(value.get<double>()) == value.get<double>();
  }
  if (type == "number") return value.is_number();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "null") return value.is_null();
  if (type == "object") return value.is_object();
  return value.is_array();
}

void SchemaComparison::check_apart(const json& branches, const std::string& where) {
  std::vector<const Outline*> outlines;
  for (const json& branch : branches) outlines.push_back(&outline_of(resolved(branch)));
  for (std::size_t i = 0; i < outlines.size(); ++i) {
    for (std::size_t j = i + 1; j < outlines.size(); ++j) {
      if (apart(*outlines[i], *outlines[j], where)) continue;
      refuse_schema(where, ErrorKind::unsupported,
                    "oneOf with branches that a value might fulfil together is not supported: anyOf is");
    }
  }
}

const SchemaComparison::Outline& SchemaComparison::outline_of(const json& schema) {
  const auto [known, is_new] = outlines_.try_emplace(&schema);
  Outline& outline = known->second;
  if (!is_new) return outline;
  outline.values = listed(schema);
  outline.kinds = kinds_of(schema, outline.values);
  if (!schema.is_object() || !schema.contains("properties") || !schema.contains("required")) return outline;
  std::set<std::string_view> required;
  for (const json& name : schema.at("required")) {
    if (name.is_string()) required.insert(name.get_ref<const std::string&>());
  }
  const json& properties = schema.at("properties");
  if (!properties.is_object()) return outline;
  for (auto property = properties.begin(); property != properties.end(); ++property) {
    if (!required.contains(property.key())) continue;
    Values values = listed(resolved(property.value()));
    if (!values.empty()) outline.required.emplace(property.key(), std::move(values));
  }
  return outline;
}

// A schema that $ref leads to, itself otherwise.
const json& SchemaComparison::resolved(const json& schema) {
  const json* at = &schema;
  for (int i = 0; i < references_max && at->is_object(); ++i) {
    const json* target = target_of(*at);
    if (target == nullptr) break;
    at = target;
  }
  return *at;
}

// Where the $ref of a schema leads within the root; nowhere: none.
const json* SchemaComparison::target_of(const json& schema) {
  const auto [known, is_new] = targets_.try_emplace(&schema, nullptr);
  if (!is_new) return known->second;
  const auto reference = schema.find("$ref");
  if (reference == schema.end() || !reference->is_string()) return nullptr;
  const auto& pointer = reference->get_ref<const std::string&>();
  if (!pointer.starts_with("#/")) return nullptr;
  try {
    known->second = &root_.at(json::json_pointer(pointer.substr(1)));
  } catch (const json::exception&) {
    // It leads nowhere, which whoever follows it refuses.
  }
  return known->second;
}

bool SchemaComparison::apart(const Outline& one, const Outline& other, const std::string& where) {
  charge(1, where);
  if (one.kinds != 0 && other.kinds != 0 && (one.kinds & other.kinds) == 0) return true;
  if (!one.values.empty() && !other.values.empty()) return share_none(one.values, other.values, where);
  charge(one.required.size(), where);
  return std::ranges::any_of(one.required, [&](const auto& property) {
    const auto theirs = other.required.find(property.first);
    return theirs != other.required.end() && share_none(property.second, theirs->second, where);
  });
}

bool SchemaComparison::share_none(const Values& one, const Values& other, const std::string& where) {
  charge(one.size() * other.size(), where);
  return std::ranges::none_of(one, [&](const json* value) {
    return std::ranges::any_of(other, [&](const json* theirs) { return *value == *theirs; });
  });
}

void SchemaComparison::charge(std::size_t comparisons, const std::string& where) {
  comparisons_ += comparisons;
  if (comparisons_ <= schema_comparisons_max) return;
  refuse_schema(where, ErrorKind::too_large,
                "telling the branches of oneOf apart takes more than " +
                    std::to_string(schema_comparisons_max) + " comparisons: anyOf takes none");
}

}  // namespace preceptor::engine
