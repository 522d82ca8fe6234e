#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/kernels/round_group.hpp"

// Weights of 32 neighbouring outputs held in four to eight bits, and the loops that multiply with them as
// they stand; one set of loops for each kind of CPU, all with the same bits.
namespace preceptor::engine {

inline constexpr std::size_t block_panel_width = 32;

// A group of neighbouring inputs of one output shares a scale: weight = scale * (quantum - zero) + offset.
struct BlockFormat {
  std::uint32_t bits = 8;    // of a quantum: 4, 5, 6 or 8
  std::uint32_t group = 32;  // inputs: 16 or 32
  std::int32_t zero = 0;
  bool has_offsets = false;

  std::size_t weights() const { return group * block_panel_width; }
  std::size_t quanta_bytes() const { return weights() * bits / 8; }
  // One group of a panel: the quanta, then 32 scales in half precision, then 32 offsets where there are some.
  std::size_t block_bytes() const { return quanta_bytes() + block_panel_width * (has_offsets ? 4U : 2U); }
  BlockFormat in_bytes() const { return {8, group, zero, has_offsets}; }

  bool operator==(const BlockFormat&) const = default;
};

// Rows of x rounded to eight bits, a scale for every group.
struct RoundedX {
  const std::int8_t* values = nullptr;  // (rows, groups, group)
  const float* scales = nullptr;        // (rows, groups)
  const std::int32_t* sums = nullptr;   // (rows, groups): of the group's values
  std::size_t groups = 0;

  RoundedX from(std::size_t row, std::size_t group) const {
    return {values + row * groups * group, scales + row * groups, sums + row * groups, groups};
  }
};

// Fills one block. quanta: (32 outputs, group)   scales, offsets: (32 outputs), each exact in half precision
// or rounded to it.
void pack_block(std::byte* block, const BlockFormat& format, const std::uint8_t* quanta, const float* scales,
                const float* offsets);

struct BlockKernels {
  // out (rows, out_step), of which 32 columns are written
  void (*multiply)(float* out, std::size_t out_step, const RoundedX& x, const std::byte* blocks,
                   const BlockFormat& format, std::size_t rows);
  // The blocks of a panel with a byte for every quantum. Multiplies to the same bits.
  void (*widen)(std::byte* wide, const std::byte* blocks, const BlockFormat& format, std::size_t groups);
  RoundGroup round;
};

BlockKernels block_kernels_plain();
BlockKernels block_kernels_avx2();
BlockKernels block_kernels_vnni();  // AVX-512 with VNNI
BlockKernels block_kernels();       // the best that chosen_isa() and the CPU allow

}  // namespace preceptor::engine
