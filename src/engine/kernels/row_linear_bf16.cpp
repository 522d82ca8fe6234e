#include "engine/kernels/row_linear_bf16.hpp"

#include <immintrin.h>

#include <cstdint>
#include <cstring>

#define PRECEPTOR_BF16_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16")))

namespace preceptor::engine {

namespace {

constexpr std::size_t tile_rows = 12;

template <std::size_t Rows>
PRECEPTOR_BF16_TARGET void multiply_tile(float* out, std::size_t out_step, const Bf16* x, const Bf16* panel,
                                         std::size_t pairs) {
  __m512 left[Rows], right[Rows];
  for (std::size_t row = 0; row < Rows; ++row) left[row] = right[row] = _mm512_setzero_ps();
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    const auto weight_left = (__m512bh)_mm512_load_si512(panel + pair * 2 * panel_width);
    const auto weight_right = (__m512bh)_mm512_load_si512(panel + pair * 2 * panel_width + panel_width);
    for (std::size_t row = 0; row < Rows; ++row) {
      std::int32_t two;
      std::memcpy(&two, x + (row * pairs + pair) * 2, sizeof two);
      const auto both = (__m512bh)_mm512_set1_epi32(two);
      left[row] = _mm512_dpbf16_ps(left[row], both, weight_left);
      right[row] = _mm512_dpbf16_ps(right[row], both, weight_right);
    }
  }
  for (std::size_t row = 0; row < Rows; ++row) {
    _mm512_storeu_ps(out + row * out_step, left[row]);
    _mm512_storeu_ps(out + row * out_step + panel_width / 2, right[row]);
  }
}

// Finds the function for `rows`, at most Rows.
template <std::size_t Rows>
void multiply_rows(float* out, std::size_t out_step, const Bf16* x, const Bf16* panel, std::size_t rows,
                   std::size_t pairs) {
  if constexpr (Rows > 0) {
    if (rows == Rows) {
      multiply_tile<Rows>(out, out_step, x, panel, pairs);
    } else {
      multiply_rows<Rows - 1>(out, out_step, x, panel, rows, pairs);
    }
  }
}

}  // namespace

void multiply_panel_bf16(float* out, std::size_t out_step, const Bf16* x, const Bf16* panel, std::size_t rows,
                         std::size_t pairs) {
  // Tiles as even as can be: a small last one would leave the units of multiplication waiting.
  const std::size_t tiles = (rows + tile_rows - 1) / tile_rows;
  for (std::size_t tile = 0; tile < tiles; ++tile) {
    const std::size_t begin = rows * tile / tiles;
    const std::size_t count = rows * (tile + 1) / tiles - begin;
    multiply_rows<tile_rows>(out + begin * out_step, out_step, x + begin * pairs * 2, panel, count, pairs);
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
