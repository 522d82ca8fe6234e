#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/kernels/round_group.hpp"

// The inner loops of RowLinearInt8, one for each kind of CPU; all give the same bits.
namespace preceptor::engine {

inline constexpr std::size_t int8_panel_width = 32;
inline constexpr std::size_t int8_group_size = 64;
inline constexpr std::size_t int8_weights_bytes = int8_group_size * int8_panel_width;
inline constexpr std::size_t int8_block_bytes = int8_weights_bytes + int8_panel_width * sizeof(float);

// Rows of x as the loops want them.
struct Int8Rows {
  const std::int8_t* values = nullptr;  // (rows, groups, group_size)
  const float* scales = nullptr;        // (rows, groups)
  const std::int32_t* sums = nullptr;   // (rows, groups): of the group's values
  std::size_t groups = 0;

  Int8Rows from(std::size_t row) const {
    return {values + row * groups * int8_group_size, scales + row * groups, sums + row * groups, groups};
  }
};

// out (rows, out_step), of which int8_panel_width columns are written
using MultiplyInt8Panel = void (*)(float* out, std::size_t out_step, const Int8Rows& x,
                                   const std::byte* blocks, std::size_t rows);

struct Int8Kernels {
  MultiplyInt8Panel multiply;
  RoundGroup round;
};

Int8Kernels int8_kernels_plain();
Int8Kernels int8_kernels_avx2();
Int8Kernels int8_kernels_vnni();  // AVX-512 with VNNI
Int8Kernels int8_kernels();       // the best that chosen_isa() and the CPU allow

}  // namespace preceptor::engine
