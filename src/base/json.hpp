#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string_view>

#include "base/result.hpp"

namespace preceptor {

struct JsonLimits {
  int depth_max = 32;
};

// Refuses with invalid on bad syntax, bad UTF-8 or too deep nesting; `where` is "byte N".
Result<nlohmann::json> parse_json(std::string_view text, JsonLimits limits = {});

// A required member of an object. Refuses with invalid, `where` being the key as a JSON pointer, when the
// value is no object, the key is missing, or its value is of another type or out of range. T: std::string,
// bool, int32, int64, uint64, float, double, json, and vectors of string, int32, int64, float, double.
template <class T>
Result<T> json_get(const nlohmann::json& object, std::string_view key);

// The same for an optional member: nothing when missing or null.
template <class T>
Result<std::optional<T>> json_find(const nlohmann::json& object, std::string_view key);

}  // namespace preceptor
