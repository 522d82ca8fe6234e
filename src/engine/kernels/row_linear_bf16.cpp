#include "engine/kernels/row_linear_bf16.hpp"

#include <immintrin.h>

#include <cstdint>
#include <cstring>

#define PRECEPTOR_BF16_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16")))

namespace preceptor::engine {

namespace {

// 8 rows by 3 vectors: 24 sums, and what they are made of, fill the registers.
constexpr std::size_t tile_rows = 8;
constexpr std::size_t vectors = bf16_panel_width / 16;
constexpr std::size_t pair_values = 2 * bf16_panel_width;  // of a panel
constexpr std::size_t line_values = 64 / sizeof(Bf16);

// ahead: a line of the next panel for each pair; or null
template <std::size_t Rows>
PRECEPTOR_BF16_TARGET void multiply_tile(float* out, std::size_t out_step, const Bf16* x, const Bf16* panel,
                                         std::size_t pairs, const Bf16* ahead) {
  __m512 sums[Rows][vectors];
  for (std::size_t row = 0; row < Rows; ++row) {
    for (std::size_t v = 0; v < vectors; ++v) sums[row][v] = _mm512_setzero_ps();
  }
  const std::size_t ahead_step = ahead == nullptr ? 0 : line_values;
  if (ahead == nullptr) ahead = panel;
  for (std::size_t pair = 0; pair < pairs; ++pair, ahead += ahead_step) {
    __m512bh weights[vectors];
    for (std::size_t v = 0; v < vectors; ++v) {
      weights[v] = (__m512bh)_mm512_load_si512(panel + pair * pair_values + v * line_values);
    }
    _mm_prefetch(ahead, _MM_HINT_T1);
    for (std::size_t row = 0; row < Rows; ++row) {
      std::int32_t two;
      std::memcpy(&two, x + (row * pairs + pair) * 2, sizeof two);
      const auto both = (__m512bh)_mm512_set1_epi32(two);
      for (std::size_t v = 0; v < vectors; ++v)
        sums[row][v] = _mm512_dpbf16_ps(sums[row][v], both, weights[v]);
    }
  }
#pragma GCC unroll 8  // else the sums go through memory
  for (std::size_t row = 0; row < Rows; ++row) {
    for (std::size_t v = 0; v < vectors; ++v) _mm512_storeu_ps(out + row * out_step + v * 16, sums[row][v]);
  }
}

// Finds the function for `rows`, at most Rows.
template <std::size_t Rows>
void multiply_rows(float* out, std::size_t out_step, const Bf16* x, const Bf16* panel, std::size_t rows,
                   std::size_t pairs, const Bf16* ahead) {
  if constexpr (Rows > 0) {
    if (rows == Rows) {
      multiply_tile<Rows>(out, out_step, x, panel, pairs, ahead);
    } else {
      multiply_rows<Rows - 1>(out, out_step, x, panel, rows, pairs, ahead);
    }
  }
}

}  // namespace

void multiply_panel_bf16(float* out, std::size_t out_step, const Bf16* x, const Bf16* panel, std::size_t rows,
                         std::size_t pairs, const Bf16* next) {
  // Tiles as even as can be: a small last one would leave the units of multiplication waiting.
  const std::size_t tiles = (rows + tile_rows - 1) / tile_rows;
  for (std::size_t tile = 0; tile < tiles; ++tile) {
    const std::size_t begin = rows * tile / tiles;
    const std::size_t count = rows * (tile + 1) / tiles - begin;
    // With few rows the panels follow each other so fast that the processor itself reads ahead.
    const bool fetches = next != nullptr && tiles > vectors && tile < vectors;
    multiply_rows<tile_rows>(out + begin * out_step, out_step, x + begin * pairs * 2, panel, count, pairs,
                             fetches ? next + tile * pairs * line_values : nullptr);
  }
}

PRECEPTOR_BF16_TARGET void round_row(Bf16* out, const float* x, std::size_t count) {
  for (std::size_t i = 0; i < count; i += 16) {
    const auto mask = static_cast<__mmask16>(count - i >= 16 ? 0xFFFFU : (1U << (count - i)) - 1U);
    const __m256bh rounded = _mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(mask, x + i));
    _mm256_mask_storeu_epi16(out + i, mask, (__m256i)rounded);
  }
}

}  // namespace preceptor::engine
