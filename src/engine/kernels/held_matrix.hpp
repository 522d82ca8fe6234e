#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/kernels/precision.hpp"

namespace preceptor::engine {

// Values of one row that share a scale when a matrix is held in eight bits; a row's last block may be
// shorter.
constexpr std::size_t int8_block = 64;

constexpr std::size_t int8_blocks(std::size_t columns) { return (columns + int8_block - 1) / int8_block; }

// A row-major matrix as it stands in memory: exactly one of the first three spans is not empty.
struct HeldMatrix {
  std::span<const float> fp32;
  std::span<const Bf16> bf16;
  std::span<const std::int8_t> int8;  // value = int8 · scale of its block
  std::span<const float> scales;      // (rows, int8_blocks(columns)); of int8 only

  std::size_t count() const { return fp32.size() + bf16.size() + int8.size(); }
};

// Copies rows begin … end of the matrix, rounded to Real, to where `out` has them: its rows are `step` values
// apart, the first is row `begin`.
template <class Real>
void copy_rows(Real* out, std::size_t step, const HeldMatrix& matrix, std::size_t columns, std::size_t begin,
               std::size_t end);

// out: (indices, columns) = rows of the matrix at the indices.
void gather_rows(std::span<float> out, const HeldMatrix& matrix, std::span<const std::int32_t> indices,
                 std::int32_t columns);

// Rounds one row to eight bits, each block by its largest value: out: (columns)   scales: (blocks)
void round_to_int8(std::span<std::int8_t> out, std::span<float> scales, std::span<const float> row);

}  // namespace preceptor::engine
