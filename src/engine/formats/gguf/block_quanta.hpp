#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "engine/formats/gguf/block_type.hpp"
#include "engine/kernels/row_linear_blocks.hpp"

namespace preceptor::engine {

// How a type's weights are held for products; none for the types that are no blocks of integers.
std::optional<BlockFormat> block_format(BlockType type);

// The integers of one row, its scales and offsets. bytes: whole blocks of such a type. Scales of blocks of
// 256 are products of two numbers, and what holds them rounds them to half precision (a 2048th at most).
void read_quanta(const OutputQuanta& to, std::span<const std::byte> bytes, BlockType type);

}  // namespace preceptor::engine
