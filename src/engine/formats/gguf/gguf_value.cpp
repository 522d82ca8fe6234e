#include "engine/formats/gguf/gguf_value.hpp"

#include <cmath>
#include <limits>

namespace preceptor::engine {
namespace {

template <class T>
T value_at(std::span<const std::byte> bytes, std::size_t index) {
  T value;
  std::memcpy(&value, bytes.data() + index * sizeof(T), sizeof(T));
  return value;
}

}  // namespace

std::size_t bytes_of(GgufType type) {
  switch (type) {
    case GgufType::uint8:
    case GgufType::int8:
    case GgufType::boolean: return 1;
    case GgufType::uint16:
    case GgufType::int16: return 2;
    case GgufType::uint32:
    case GgufType::int32:
    case GgufType::float32: return 4;
    case GgufType::uint64:
    case GgufType::int64:
    case GgufType::float64: return 8;
    case GgufType::string:
    case GgufType::array: break;
  }
  return 0;
}

GgufValue GgufValue::array(GgufType element, std::span<const std::byte> bytes) {
  GgufValue value(element, bytes);
  value.is_array_ = true;
  return value;
}

GgufValue GgufValue::array(std::vector<std::string_view> texts) {
  GgufValue value(GgufType::string, {});
  value.is_array_ = true;
  value.texts_ = std::move(texts);
  return value;
}

std::size_t GgufValue::size() const {
  if (!is_array_) return 1;
  return type_ == GgufType::string ? texts_.size() : bytes_.size() / bytes_of(type_);
}

std::optional<std::int64_t> GgufValue::whole_at(std::size_t index) const {
  switch (type_) {
    case GgufType::uint8: return value_at<std::uint8_t>(bytes_, index);
    case GgufType::int8: return value_at<std::int8_t>(bytes_, index);
    case GgufType::uint16: return value_at<std::uint16_t>(bytes_, index);
    case GgufType::int16: return value_at<std::int16_t>(bytes_, index);
    case GgufType::uint32: return value_at<std::uint32_t>(bytes_, index);
    case GgufType::int32: return value_at<std::int32_t>(bytes_, index);
    case GgufType::int64: return value_at<std::int64_t>(bytes_, index);
    case GgufType::uint64: {
      const auto value = value_at<std::uint64_t>(bytes_, index);
      if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
      return static_cast<std::int64_t>(value);
    }
    default: return std::nullopt;
  }
}

std::optional<double> GgufValue::number_at(std::size_t index) const {
  if (type_ == GgufType::float32) return value_at<float>(bytes_, index);
  if (type_ == GgufType::float64) return value_at<double>(bytes_, index);
  if (const auto value = whole_at(index)) return static_cast<double>(*value);
  return std::nullopt;
}

std::optional<bool> GgufValue::truth_at(std::size_t index) const {
  if (type_ == GgufType::boolean) return value_at<std::uint8_t>(bytes_, index) != 0;
  if (const auto value = whole_at(index)) return *value != 0;
  return std::nullopt;
}

std::optional<std::int64_t> GgufValue::whole() const { return is_array_ ? std::nullopt : whole_at(0); }
std::optional<double> GgufValue::number() const { return is_array_ ? std::nullopt : number_at(0); }

std::optional<bool> GgufValue::flag() const {
  if (is_array_ || type_ != GgufType::boolean) return std::nullopt;
  return value_at<std::uint8_t>(bytes_, 0) != 0;
}

std::optional<std::string_view> GgufValue::text() const {
  if (is_array_ || type_ != GgufType::string) return std::nullopt;
  return texts_.front();
}

}  // namespace preceptor::engine
