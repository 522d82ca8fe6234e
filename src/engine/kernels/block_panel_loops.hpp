#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "engine/kernels/block_panel.hpp"

// Inside of block_panel.hpp: how a block is laid out, and the loops for AVX-512 with VNNI.
//
// A group is walked in steps of four inputs: 128 quanta, outputs first (output 0's four, output 1's four, …).
// In bytes a step stands as it is. Packed, its 64 bytes hold outputs 0 to 15 in the low and 16 to 31 in the
// high nibbles; behind all steps follow, for the fifth and for the sixth bit, 16 bytes of bits for every
// step.
namespace preceptor::engine::block_panel {

inline constexpr std::size_t values_per_step = 4;
inline constexpr std::size_t vector_bytes = 64;
inline constexpr std::size_t step_values = values_per_step * block_panel_width;
inline constexpr std::size_t plane_bytes = step_values / 8;

inline std::int32_t four_values(const std::int8_t* group, std::size_t step) {
  std::int32_t four;
  std::memcpy(&four, group + step * values_per_step, sizeof four);
  return four;
}

void multiply_vnni(float* out, std::size_t out_step, const RoundedX& x, const std::byte* blocks,
                   const BlockFormat& format, std::size_t rows);
void widen_vnni(std::byte* wide, const std::byte* blocks, const BlockFormat& format, std::size_t groups);

}  // namespace preceptor::engine::block_panel
