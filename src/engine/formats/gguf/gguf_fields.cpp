#include "engine/formats/gguf/gguf_fields.hpp"

#include <cmath>
#include <limits>

#include "base/encoding.hpp"

namespace preceptor::engine {

GgufFields::GgufFields(const GgufFile& file) : file_(file) {
  architecture_ = text_or("general.architecture", "");
  if (architecture_.empty()) refuse_key(ErrorKind::invalid, "'general.architecture' is missing");
}

std::string GgufFields::full(std::string_view key) const {
  return key.starts_with('.') ? architecture_ + std::string(key) : std::string(key);
}

const GgufValue* GgufFields::find(std::string_view key) const { return file_.find(full(key)); }

void GgufFields::refuse_key(ErrorKind kind, const std::string& message, const std::string& hint) {
  if (!problem_)
    problem_ = Error{.kind = kind, .message = message, .hint = hint, .where = file_.path().string()};
}

std::int32_t GgufFields::whole(std::string_view key) {
  if (!has(key)) refuse_key(ErrorKind::invalid, "'" + full(key) + "' is missing");
  return whole_or(key, 0);
}

std::int32_t GgufFields::whole_or(std::string_view key, std::int32_t otherwise) {
  const GgufValue* value = find(key);
  if (value == nullptr) return otherwise;
  const auto number = value->whole();
  if (!number || *number < std::numeric_limits<std::int32_t>::min() ||
      *number > std::numeric_limits<std::int32_t>::max()) {
    refuse_key(ErrorKind::invalid, "'" + full(key) + "' is not a whole number of 32 bits");
    return otherwise;
  }
  return static_cast<std::int32_t>(*number);
}

float GgufFields::number_or(std::string_view key, float otherwise) {
  const GgufValue* value = find(key);
  if (value == nullptr) return otherwise;
  const auto number = value->number();
  if (!number || !std::isfinite(static_cast<float>(*number))) {
    refuse_key(ErrorKind::invalid, "'" + full(key) + "' is not a finite number");
    return otherwise;
  }
  return static_cast<float>(*number);
}

std::optional<bool> GgufFields::flag(std::string_view key) {
  const GgufValue* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->flag()) refuse_key(ErrorKind::invalid, "'" + full(key) + "' is not true or false");
  return value->flag();
}

bool GgufFields::flag_or(std::string_view key, bool otherwise) { return flag(key).value_or(otherwise); }

std::string GgufFields::text_or(std::string_view key, std::string_view otherwise) {
  const GgufValue* value = find(key);
  if (value == nullptr) return std::string(otherwise);
  const auto text = value->text();
  if (!text || !valid_utf8(*text)) {
    refuse_key(ErrorKind::invalid, "'" + full(key) + "' is not a text in UTF-8");
    return std::string(otherwise);
  }
  return std::string(*text);
}

}  // namespace preceptor::engine
