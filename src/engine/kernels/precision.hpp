#pragma once

#include <bit>
#include <cstdint>
#include <span>

namespace preceptor::engine {

// What weights and activations are rounded to inside matrix products; sums are fp32 either way.
enum class Precision { fp32, bf16 };

// Whether this CPU multiplies bf16 natively (AVX512_BF16). PRECEPTOR_ISA=avx2|avx512|avx512_bf16 caps what is
// used.
bool cpu_has_bf16();

// The precision asked for, or fp32 where the CPU lacks bf16 products.
Precision usable_precision(Precision wanted);

// Upper half of an IEEE float.
struct Bf16 {
  std::uint16_t bits = 0;
};

inline float to_float(Bf16 value) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(value.bits) << 16);
}
inline float to_float(float value) { return value; }

// Rounds to nearest, ties to even; NaN stays NaN.
inline Bf16 to_bf16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t rounded = (bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16;
  const std::uint32_t quiet = (bits >> 16) | 0x40U;
  return {static_cast<std::uint16_t>((bits & 0x7FFFFFFFU) > 0x7F800000U ? quiet : rounded)};
}

void convert(std::span<Bf16> out, std::span<const float> in);
void convert(std::span<float> out, std::span<const Bf16> in);
void convert(std::span<float> out, std::span<const float> in);

}  // namespace preceptor::engine
