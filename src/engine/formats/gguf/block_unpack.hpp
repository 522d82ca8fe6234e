#pragma once

#include <cstddef>
#include <span>

#include "engine/formats/gguf/block_type.hpp"

namespace preceptor::engine {

// out: (count), bytes: whole blocks that hold count values of `type`, without any alignment. The formulas are
// those of block_unpack_reference.hpp, and so are the bits.
void unpack_blocks(std::span<float> out, std::span<const std::byte> bytes, BlockType type);

// The other way, for the types that are written: f32, f16, bf16, q8_0. out: as many bytes as the blocks take.
// q8_0 has the bits that ggml's reference gives: scale = half(largest magnitude / 127), values rounded half
// away from zero.
void pack_blocks(std::span<std::byte> out, std::span<const float> values, BlockType type);

}  // namespace preceptor::engine
