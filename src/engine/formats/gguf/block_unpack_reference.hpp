#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "engine/formats/gguf/block_type.hpp"
#include "engine/formats/half.hpp"

// Plain formulas of ggml's block types, one value after the other. A block of 32 is a half-precision scale
// (and offset), then the values' low four bits (two halves of the block share a byte), then what more bits
// they have. A block of 256 has eight or sixteen parts whose scales are themselves small integers.
namespace preceptor::engine::reference {

using Bytes = const std::uint8_t*;

inline float half_at(Bytes bytes) {
  std::uint16_t half = 0;
  std::memcpy(&half, bytes, sizeof half);
  return half_to_float(half);
}

// Value i of 32 out of 16 bytes: the low nibbles first.
inline int nibble(Bytes bytes, int i) { return i < 16 ? bytes[i] & 15 : bytes[i - 16] >> 4; }

inline int bit(Bytes bytes, int i) { return (bytes[i / 8] >> (i % 8)) & 1; }

// Scale and offset of part 0 … 7 out of 12 bytes: six bits each.
struct PartScale {
  int scale, offset;
};
inline PartScale part_scale(Bytes packed, int part) {
  if (part < 4) return {packed[part] & 63, packed[part + 4] & 63};
  return {(packed[part + 4] & 15) | (packed[part - 4] >> 6) << 4,
          (packed[part + 4] >> 4) | (packed[part] >> 6) << 4};
}

inline float q4_0(Bytes block, int i) {
  return half_at(block) * static_cast<float>(nibble(block + 2, i) - 8);
}

inline float q4_1(Bytes block, int i) {
  const float scaled = half_at(block) * static_cast<float>(nibble(block + 4, i));
  return scaled + half_at(block + 2);
}

inline float q5_0(Bytes block, int i) {
  return half_at(block) * static_cast<float>((nibble(block + 6, i) | bit(block + 2, i) << 4) - 16);
}

inline float q5_1(Bytes block, int i) {
  const float scaled = half_at(block) * static_cast<float>(nibble(block + 8, i) | bit(block + 4, i) << 4);
  return scaled + half_at(block + 2);
}

inline float q8_0(Bytes block, int i) {
  return half_at(block) * static_cast<float>(static_cast<std::int8_t>(block[2 + i]));
}

// Parts 2k and 2k + 1 share 32 bytes: low nibbles, high nibbles.
inline int k_nibble(Bytes bytes, int i) {
  const int pair = i / 64, within = i % 64;
  const int byte = bytes[pair * 32 + within % 32];
  return within < 32 ? byte & 15 : byte >> 4;
}

inline float k_value(Bytes block, int i, int quantum) {
  const PartScale part = part_scale(block + 4, i / 32);
  const float scale = half_at(block) * static_cast<float>(part.scale);
  const float offset = half_at(block + 2) * static_cast<float>(part.offset);
  const float scaled = scale * static_cast<float>(quantum);
  return scaled - offset;
}

inline float q4_k(Bytes block, int i) { return k_value(block, i, k_nibble(block + 16, i)); }

inline float q5_k(Bytes block, int i) {
  const int high = (block[16 + i % 32] >> (i / 32)) & 1;
  return k_value(block, i, k_nibble(block + 48, i) | high << 4);
}

// Low nibbles (128 bytes), upper two bits (64), sixteen signed scales, the half.
inline float q6_k(Bytes block, int i) {
  const int half = i / 128, quarter = i % 128 / 32, within = i % 32;
  const int low = block[half * 64 + quarter % 2 * 32 + within];
  const int high = block[128 + half * 32 + within] >> (quarter * 2);
  const int quantum = ((quarter < 2 ? low & 15 : low >> 4) | (high & 3) << 4) - 32;
  const auto part = static_cast<std::int8_t>(block[192 + i / 16]);
  return half_at(block + 208) * static_cast<float>(part) * static_cast<float>(quantum);
}

inline float value_of(Bytes block, int i, BlockType type) {
  float value = 0;
  switch (type) {
    case BlockType::f32: std::memcpy(&value, block, sizeof value); return value;
    case BlockType::f16: return half_at(block);
    case BlockType::bf16: std::memcpy(reinterpret_cast<char*>(&value) + 2, block, 2); return value;
    case BlockType::q4_0: return q4_0(block, i);
    case BlockType::q4_1: return q4_1(block, i);
    case BlockType::q5_0: return q5_0(block, i);
    case BlockType::q5_1: return q5_1(block, i);
    case BlockType::q8_0: return q8_0(block, i);
    case BlockType::q4_k: return q4_k(block, i);
    case BlockType::q5_k: return q5_k(block, i);
    case BlockType::q6_k: return q6_k(block, i);
  }
  return value;
}

inline void unpack_blocks(std::span<float> out, std::span<const std::byte> bytes, BlockType type) {
  const BlockLayout layout = block_layout(type);
  const auto* block = reinterpret_cast<Bytes>(bytes.data());
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = value_of(block + i / layout.values * layout.bytes, static_cast<int>(i % layout.values), type);
  }
}

}  // namespace preceptor::engine::reference
