#include "engine/formats/stored_type.hpp"

#include <bit>
#include <cassert>
#include <cstring>

#include "engine/formats/half.hpp"
#include "engine/kernels/precision.hpp"

namespace preceptor::engine {

static_assert(std::endian::native == std::endian::little, "model files are little-endian");

std::string_view name_of(StoredType type) {
  switch (type) {
    case StoredType::f32: return "F32";
    case StoredType::f16: return "F16";
    case StoredType::bf16: return "BF16";
    case StoredType::other: break;
  }
  return "other";
}

std::size_t bytes_per_value(StoredType type) {
  switch (type) {
    case StoredType::f32: return 4;
    case StoredType::f16:
    case StoredType::bf16: return 2;
    case StoredType::other: break;
  }
  return 0;
}

float float16_to_float(std::uint16_t bits) { return half_to_float(bits); }

void to_floats(std::span<float> out, std::span<const std::byte> bytes, StoredType type) {
  assert(bytes.size() == out.size() * bytes_per_value(type));
  if (type == StoredType::f32) {
    if (!out.empty()) std::memcpy(out.data(), bytes.data(), bytes.size());
    return;
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::uint16_t bits = 0;
    std::memcpy(&bits, bytes.data() + i * 2, 2);
    out[i] = type == StoredType::bf16 ? to_float(Bf16{bits}) : float16_to_float(bits);
  }
}

void from_floats(std::span<std::byte> out, std::span<const float> values, StoredType type) {
  assert(type != StoredType::other);
  assert(out.size() == values.size() * bytes_per_value(type));
  if (type == StoredType::f32) {
    if (!values.empty()) std::memcpy(out.data(), values.data(), out.size());
    return;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint16_t bits = type == StoredType::bf16 ? to_bf16(values[i]).bits : float_to_half(values[i]);
    std::memcpy(out.data() + i * 2, &bits, 2);
  }
}

}  // namespace preceptor::engine
