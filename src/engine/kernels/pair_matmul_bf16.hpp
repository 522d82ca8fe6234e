#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "engine/kernels/precision.hpp"

namespace preceptor::engine {

// Small matrix products on bf16 pairs (AVX512_BF16; call only where cpu_has_bf16()), the inner part of
// attention. Two neighbours along the summed depth stand in one 32-bit word, as the instruction wants them.
using Pair = std::uint32_t;

// Words of one vector; the column counts of right operands are multiples of it.
inline constexpr std::size_t pair_lanes = 16;

enum class Into { overwrite, add };

// The left operand: word (row, pair) stands at words[row * row_step + pair * pair_step].
struct LeftPairs {
  const Pair* words;
  std::size_t row_step;
  std::size_t pair_step;
};

// out (rows, columns) = or += left (rows, 2 * pairs) · right (2 * pairs, columns), fp32 sums.
// right: word (pair, column) at right[pair * right_step + column].   columns: a multiple of pair_lanes
void multiply_pairs(float* out, std::size_t out_step, LeftPairs left, const Pair* right,
                    std::size_t right_step, std::size_t rows, std::size_t pairs, std::size_t columns,
                    Into into);

// Rows of which some neighbouring columns are read, one row after the other.
struct ColumnsOfRows {
  const Bf16* first;
  std::size_t step;
};

// Fetches what will be read soon of the next two rows in line: the processor does not read ahead over steps
// from row to row by itself. rows: that are left
inline void fetch_ahead(const ColumnsOfRows& from, std::size_t rows, std::size_t columns) {
  constexpr std::size_t rows_ahead = 32;
  constexpr std::size_t line_values = 64 / sizeof(Bf16);
  for (std::size_t row = rows_ahead; row < std::min(rows, rows_ahead + 2); ++row) {
    for (std::size_t column = 0; column < columns; column += line_values)
      __builtin_prefetch(from.first + row * from.step + column);
  }
}

// Neighbouring rows become pairs: to[r * to_step + c] = {from(2r, c), from(2r + 1, c)}, zero beyond rows and
// columns. to: (⌈rows / 2⌉, to_step), to_step a multiple of pair_lanes and at least columns.
void pair_rows(Pair* to, std::size_t to_step, const Bf16* from, std::size_t from_step, std::size_t rows,
               std::size_t columns);

// Neighbouring columns become pairs and the matrix is transposed: to[p * to_step + r] = {from(r, 2p), from(r,
// 2p + 1)}, zero for rows beyond `rows`. columns is even. to: (columns / 2, to_step), to_step a multiple of
// pair_lanes and at least rows.
void transpose_pairs(Pair* to, std::size_t to_step, const Bf16* from, std::size_t from_step, std::size_t rows,
                     std::size_t columns);

}  // namespace preceptor::engine
