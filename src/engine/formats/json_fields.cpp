#include "engine/formats/json_fields.hpp"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace preceptor::engine {

using nlohmann::json;

JsonFields::JsonFields(const json& object, std::string_view where) : object_(object), where_(where) {
  if (!object.is_object()) refuse_field(ErrorKind::invalid, "is not a JSON object");
}

void JsonFields::refuse_field(ErrorKind kind, const std::string& message, const std::string& hint) {
  if (!problem_) problem_ = Error{.kind = kind, .message = message, .hint = hint, .where = where_};
}

const json* JsonFields::find(const char* key) const {
  if (!object_.is_object()) return nullptr;
  const auto found = object_.find(key);
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

std::optional<std::int32_t> JsonFields::as_id(const json& value) const {
  if (!value.is_number_integer()) return std::nullopt;
  // An unsigned value beyond int64 would wrap to a negative one.
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > std::numeric_limits<std::int32_t>::max()) {
    return std::nullopt;
  }
  const auto wide = value.get<std::int64_t>();
  if (wide < std::numeric_limits<std::int32_t>::min() || wide > std::numeric_limits<std::int32_t>::max()) {
    return std::nullopt;
  }
  return static_cast<std::int32_t>(wide);
}

std::int32_t JsonFields::whole(const char* key) {
  if (find(key) == nullptr) refuse_field(ErrorKind::invalid, std::string("'") + key + "' is missing");
  return whole_or(key, 0);
}

std::int32_t JsonFields::whole_or(const char* key, std::int32_t otherwise) {
  const json* value = find(key);
  if (value == nullptr) return otherwise;
  const auto id = as_id(*value);
  if (!id) refuse_field(ErrorKind::invalid, std::string("'") + key + "' is not a whole number of 32 bits");
  return id.value_or(otherwise);
}

float JsonFields::number_or(const char* key, float otherwise) {
  const json* value = find(key);
  if (value == nullptr) return otherwise;
  const float number = value->is_number() ? value->get<float>() : std::numeric_limits<float>::quiet_NaN();
  if (!std::isfinite(number))
    refuse_field(ErrorKind::invalid, std::string("'") + key + "' is not a finite number");
  return number;
}

bool JsonFields::flag_or(const char* key, bool otherwise) {
  const json* value = find(key);
  if (value == nullptr) return otherwise;
  if (!value->is_boolean()) {
    refuse_field(ErrorKind::invalid, std::string("'") + key + "' is not true or false");
    return otherwise;
  }
  return value->get<bool>();
}

std::string JsonFields::text_or(const char* key, std::string_view otherwise) {
  const json* value = find(key);
  if (value == nullptr) return std::string(otherwise);
  if (!value->is_string()) {
    refuse_field(ErrorKind::invalid, std::string("'") + key + "' is not a string");
    return std::string(otherwise);
  }
  return value->get<std::string>();
}

std::vector<std::int32_t> JsonFields::ids_or(const char* key, std::vector<std::int32_t> otherwise) {
  const json* value = find(key);
  if (value == nullptr) return otherwise;
  std::vector<std::int32_t> ids;
  for (const json& entry : value->is_array() ? *value : json::array({*value})) {
    const auto id = as_id(entry);
    if (!id) {
      refuse_field(ErrorKind::invalid, std::string("'") + key + "' is not an id or a list of ids");
      return otherwise;
    }
    ids.push_back(*id);
  }
  return ids;
}

}  // namespace preceptor::engine
