#include "engine/kernels/pair_matmul_bf16.hpp"

// GCC's own headers pass undefined vectors on purpose.
#pragma GCC diagnostic ignored "-Wuninitialized"
#include <immintrin.h>

#include <algorithm>
#include <cstring>

#define PRECEPTOR_BF16_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16")))

namespace preceptor::engine {

namespace {

struct Product {
  float* out;
  std::size_t out_step;
  LeftPairs left;
  const Pair* right;
  std::size_t right_step;
  std::size_t pairs;
};

// One tile whose sums stay in registers.
template <std::size_t Rows, std::size_t Vectors>
PRECEPTOR_BF16_TARGET void multiply_tile(const Product& p, Into into) {
  __m512 sums[Rows][Vectors];
  for (std::size_t row = 0; row < Rows; ++row) {
    for (std::size_t v = 0; v < Vectors; ++v) {
      sums[row][v] = into == Into::add ? _mm512_loadu_ps(p.out + row * p.out_step + v * pair_lanes)
                                       : _mm512_setzero_ps();
    }
  }
  const Pair* right = p.right;
  const Pair* left = p.left.words;
  for (std::size_t pair = 0; pair < p.pairs; ++pair, right += p.right_step, left += p.left.pair_step) {
    __m512bh columns[Vectors];
    for (std::size_t v = 0; v < Vectors; ++v) {
      columns[v] = (__m512bh)_mm512_loadu_si512(right + v * pair_lanes);
    }
    for (std::size_t row = 0; row < Rows; ++row) {
      const auto both = (__m512bh)_mm512_set1_epi32(static_cast<int>(left[row * p.left.row_step]));
      for (std::size_t v = 0; v < Vectors; ++v) {
        sums[row][v] = _mm512_dpbf16_ps(sums[row][v], both, columns[v]);
      }
    }
  }
  for (std::size_t row = 0; row < Rows; ++row) {
    for (std::size_t v = 0; v < Vectors; ++v) {
      _mm512_storeu_ps(p.out + row * p.out_step + v * pair_lanes, sums[row][v]);
    }
  }
}

// The rows that do not fill a tile.
template <std::size_t Rows, std::size_t Vectors>
void multiply_rest(const Product& p, std::size_t rows, Into into) {
  if constexpr (Rows > 0) {
    if (rows == Rows) {
      multiply_tile<Rows, Vectors>(p, into);
    } else {
      multiply_rest<Rows - 1, Vectors>(p, rows, into);
    }
  }
}

// Sums, right operands and one left word fit the 32 registers.
template <std::size_t Rows, std::size_t Vectors>
void multiply_columns(Product p, std::size_t rows, Into into) {
  for (; rows >= Rows; rows -= Rows) {
    multiply_tile<Rows, Vectors>(p, into);
    p.out += Rows * p.out_step;
    p.left.words += Rows * p.left.row_step;
  }
  multiply_rest<Rows - 1, Vectors>(p, rows, into);
}

}  // namespace

void multiply_pairs(float* out, std::size_t out_step, LeftPairs left, const Pair* right,
                    std::size_t right_step, std::size_t rows, std::size_t pairs, std::size_t columns,
                    Into into) {
  for (std::size_t column = 0; column < columns;) {
    const std::size_t vectors = std::min<std::size_t>(4, (columns - column) / pair_lanes);
    const Product p{out + column, out_step, left, right + column, right_step, pairs};
    switch (vectors) {
      case 4: multiply_columns<6, 4>(p, rows, into); break;
      case 3: multiply_columns<8, 3>(p, rows, into); break;
      case 2: multiply_columns<12, 2>(p, rows, into); break;
      default: multiply_columns<12, 1>(p, rows, into); break;
    }
    column += vectors * pair_lanes;
  }
}

PRECEPTOR_BF16_TARGET void pair_rows(Pair* to, std::size_t to_step, const Bf16* from, std::size_t from_step,
                                     std::size_t rows, std::size_t columns) {
  for (std::size_t row = 0; row < rows; row += 2, to += to_step, from += 2 * from_step) {
    const bool both = row + 1 < rows;
    fetch_ahead({from, from_step}, rows - row, columns);
    for (std::size_t column = 0; column < to_step; column += pair_lanes) {
      const std::size_t left = column < columns ? columns - column : 0;
      const auto mask = static_cast<__mmask16>(left >= pair_lanes ? 0xFFFFU : (1U << left) - 1U);
      const __m256i even = _mm256_maskz_loadu_epi16(mask, from + column);
      const __m256i odd = _mm256_maskz_loadu_epi16(both ? mask : __mmask16{0}, from + from_step + column);
      const __m512i word =
          _mm512_or_si512(_mm512_cvtepu16_epi32(even), _mm512_slli_epi32(_mm512_cvtepu16_epi32(odd), 16));
      _mm512_storeu_si512(to + column, word);
    }
  }
}

PRECEPTOR_BF16_TARGET void transpose_pairs(Pair* to, std::size_t to_step, const Bf16* from,
                                           std::size_t from_step, std::size_t rows, std::size_t columns) {
  const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const __m512i offsets =
      _mm512_mullo_epi32(lane, _mm512_set1_epi32(static_cast<int>(from_step * sizeof(Bf16))));
  for (std::size_t row = 0; row < to_step; row += pair_lanes) {
    const std::size_t left = row < rows ? rows - row : 0;
    const auto mask = static_cast<__mmask16>(left >= pair_lanes ? 0xFFFFU : (1U << left) - 1U);
    for (std::size_t pair = 0; pair < columns / 2; ++pair) {
      const __m512i word = _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), mask, offsets,
                                                       from + row * from_step + 2 * pair, 1);
      _mm512_storeu_si512(to + pair * to_step + row, word);
    }
  }
}

}  // namespace preceptor::engine
