#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>

#include "engine/formats/gguf/block_unpack.hpp"
#include "engine/formats/half.hpp"
#include "engine/kernels/parallel.hpp"
#include "engine/kernels/precision.hpp"

namespace preceptor::engine {
namespace {

constexpr std::size_t values_per_part = std::size_t{1} << 16U;
constexpr std::size_t block_values = 32;
constexpr float scale_min = 0x1p-120F;  // far below the smallest half; its inverse is still finite

void pack_q8_0(std::byte* out, const float* values) {
  float largest = 0;
  for (std::size_t i = 0; i < block_values; ++i) largest = std::max(largest, std::abs(values[i]));
  const float scale = largest / 127.0F;
  const float inverse = scale > scale_min ? 1.0F / scale : 0.0F;
  const std::uint16_t half = float_to_half(scale);
  std::memcpy(out, &half, sizeof half);
  for (std::size_t i = 0; i < block_values; ++i) {
    out[sizeof half + i] = static_cast<std::byte>(static_cast<std::int8_t>(std::round(values[i] * inverse)));
  }
}

void pack_one(std::byte* out, const float* values, BlockType type) {
  if (type == BlockType::q8_0) return pack_q8_0(out, values);
  if (type == BlockType::f32) {
    std::memcpy(out, values, sizeof(float));
    return;
  }
  const std::uint16_t bits =
      type == BlockType::f16 ? float_to_half(*values) : static_cast<std::uint16_t>(to_bf16(*values).bits);
  std::memcpy(out, &bits, sizeof bits);
}

}  // namespace

void pack_blocks(std::span<std::byte> out, std::span<const float> values, BlockType type) {
  assert(type == BlockType::f32 || type == BlockType::f16 || type == BlockType::bf16 ||
         type == BlockType::q8_0);
  const BlockLayout layout = block_layout(type);
  assert(values.size() % layout.values == 0 && values.size() / layout.values * layout.bytes == out.size());
  parallel_blocks(values.size() / layout.values, values_per_part / layout.values,
                  [&](std::size_t begin, std::size_t end) {
                    for (std::size_t block = begin; block < end; ++block) {
                      pack_one(&out[block * layout.bytes], &values[block * layout.values], type);
                    }
                  });
}

}  // namespace preceptor::engine
