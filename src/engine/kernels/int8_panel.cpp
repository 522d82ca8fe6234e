#include "engine/kernels/int8_panel.hpp"

// The vectors that GCC 12's own header leaves undefined on purpose (GCC bug 105593) are none of ours.
#pragma GCC diagnostic ignored "-Wuninitialized"
#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/kernels/isa.hpp"

#define PRECEPTOR_AVX2_TARGET __attribute__((target("avx2,fma")))
#define PRECEPTOR_VNNI_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni,fma")))

namespace preceptor::engine {
namespace {

constexpr std::size_t steps = int8_group_size / 4;
constexpr std::size_t step_bytes = int8_panel_width * 4;

const float* scales_of(const std::byte* block) {
  return reinterpret_cast<const float*>(block + int8_weights_bytes);
}

std::int32_t four_values(const Int8Rows& x, std::size_t group, std::size_t step) {
  std::int32_t four;
  std::memcpy(&four, x.values + group * int8_group_size + step * 4, sizeof four);
  return four;
}

// --- plain ---------------------------------------------------------------------------------------------

void multiply_plain(float* out, std::size_t out_step, const Int8Rows& rows_of_x, const std::byte* blocks,
                    std::size_t rows) {
  for (std::size_t row = 0; row < rows; ++row) {
    const Int8Rows x = rows_of_x.from(row);
    for (std::size_t column = 0; column < int8_panel_width; ++column) {
      float total = 0;
      for (std::size_t group = 0; group < x.groups; ++group) {
        const std::byte* block = blocks + group * int8_block_bytes;
        std::int32_t sum = -128 * x.sums[group];
        for (std::size_t i = 0; i < int8_group_size; ++i) {
          const auto weight = static_cast<std::int32_t>(block[i / 4 * step_bytes + column * 4 + i % 4]);
          sum += weight * x.values[group * int8_group_size + i];
        }
        total = std::fma(static_cast<float>(sum), scales_of(block)[column] * x.scales[group], total);
      }
      out[row * out_step + column] = total;
    }
  }
}

// --- AVX2 ----------------------------------------------------------------------------------------------

// Eight outputs: their four products each as two sums of two.
PRECEPTOR_AVX2_TARGET void add_step_avx2(__m256i& low, __m256i& high, const std::byte* weights, __m256i x) {
  const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weights));
  low = _mm256_add_epi32(low, _mm256_madd_epi16(_mm256_cvtepu8_epi16(_mm256_castsi256_si128(bytes)), x));
  high =
      _mm256_add_epi32(high, _mm256_madd_epi16(_mm256_cvtepu8_epi16(_mm256_extracti128_si256(bytes, 1)), x));
}

PRECEPTOR_AVX2_TARGET void multiply_avx2(float* out, std::size_t out_step, const Int8Rows& rows_of_x,
                                         const std::byte* blocks, std::size_t rows) {
  constexpr std::size_t quarters = int8_panel_width / 8;
  for (std::size_t row = 0; row < rows; ++row) {
    const Int8Rows x = rows_of_x.from(row);
    __m256 totals[quarters];
    for (__m256& total : totals) total = _mm256_setzero_ps();
    for (std::size_t group = 0; group < x.groups; ++group) {
      const std::byte* block = blocks + group * int8_block_bytes;
      __m256i low[quarters], high[quarters];
      for (std::size_t q = 0; q < quarters; ++q) low[q] = high[q] = _mm256_setzero_si256();
      for (std::size_t step = 0; step < steps; ++step) {
        const __m256i four = _mm256_cvtepi8_epi16(_mm_set1_epi32(four_values(x, group, step)));
        for (std::size_t q = 0; q < quarters; ++q)
          add_step_avx2(low[q], high[q], block + step * step_bytes + q * 32, four);
      }
      const __m256i offset = _mm256_set1_epi32(-128 * x.sums[group]);
      const __m256 scale = _mm256_set1_ps(x.scales[group]);
      for (std::size_t q = 0; q < quarters; ++q) {
        // hadd leaves the outputs as 0 1 4 5 2 3 6 7.
        const __m256i sums = _mm256_permute4x64_epi64(_mm256_hadd_epi32(low[q], high[q]), 0b11011000);
        const __m256 values = _mm256_cvtepi32_ps(_mm256_add_epi32(sums, offset));
        const __m256 factor = _mm256_mul_ps(_mm256_loadu_ps(scales_of(block) + q * 8), scale);
        totals[q] = _mm256_fmadd_ps(values, factor, totals[q]);
      }
    }
    for (std::size_t q = 0; q < quarters; ++q) _mm256_storeu_ps(out + row * out_step + q * 8, totals[q]);
  }
}

// --- AVX-512 with VNNI ---------------------------------------------------------------------------------

template <std::size_t Rows>
PRECEPTOR_VNNI_TARGET void multiply_tile(float* out, std::size_t out_step, const Int8Rows& x,
                                         const std::byte* blocks) {
  __m512 left[Rows], right[Rows];
  for (std::size_t row = 0; row < Rows; ++row) left[row] = right[row] = _mm512_setzero_ps();
  for (std::size_t group = 0; group < x.groups; ++group) {
    const std::byte* block = blocks + group * int8_block_bytes;
    __m512i left_sum[Rows], right_sum[Rows];
    for (std::size_t row = 0; row < Rows; ++row)
      left_sum[row] = right_sum[row] = _mm512_set1_epi32(-128 * x.sums[row * x.groups + group]);
    for (std::size_t step = 0; step < steps; ++step) {
      const __m512i weight_left = _mm512_loadu_si512(block + step * step_bytes);
      const __m512i weight_right = _mm512_loadu_si512(block + step * step_bytes + 64);
      for (std::size_t row = 0; row < Rows; ++row) {
        const __m512i four = _mm512_set1_epi32(four_values(x, row * x.groups + group, step));
        left_sum[row] = _mm512_dpbusd_epi32(left_sum[row], weight_left, four);
        right_sum[row] = _mm512_dpbusd_epi32(right_sum[row], weight_right, four);
      }
    }
    const __m512 scale_left = _mm512_loadu_ps(scales_of(block));
    const __m512 scale_right = _mm512_loadu_ps(scales_of(block) + 16);
    for (std::size_t row = 0; row < Rows; ++row) {
      const __m512 scale = _mm512_set1_ps(x.scales[row * x.groups + group]);
      left[row] =
          _mm512_fmadd_ps(_mm512_cvtepi32_ps(left_sum[row]), _mm512_mul_ps(scale_left, scale), left[row]);
      right[row] =
          _mm512_fmadd_ps(_mm512_cvtepi32_ps(right_sum[row]), _mm512_mul_ps(scale_right, scale), right[row]);
    }
  }
  for (std::size_t row = 0; row < Rows; ++row) {
    _mm512_storeu_ps(out + row * out_step, left[row]);
    _mm512_storeu_ps(out + row * out_step + 16, right[row]);
  }
}

constexpr std::size_t tile_rows = 6;

// Finds the function for `rows`, at most Rows.
template <std::size_t Rows>
void multiply_rows(float* out, std::size_t out_step, const Int8Rows& x, const std::byte* blocks,
                   std::size_t rows) {
  if constexpr (Rows > 0) {
    if (rows == Rows) {
      multiply_tile<Rows>(out, out_step, x, blocks);
    } else {
      multiply_rows<Rows - 1>(out, out_step, x, blocks, rows);
    }
  }
}

void multiply_vnni(float* out, std::size_t out_step, const Int8Rows& x, const std::byte* blocks,
                   std::size_t rows) {
  // Tiles as even as can be: a small last one would leave the units of multiplication waiting.
  const std::size_t tiles = (rows + tile_rows - 1) / tile_rows;
  for (std::size_t tile = 0; tile < tiles; ++tile) {
    const std::size_t begin = rows * tile / tiles;
    const std::size_t count = rows * (tile + 1) / tiles - begin;
    multiply_rows<tile_rows>(out + begin * out_step, out_step, x.from(begin), blocks, count);
  }
}

}  // namespace

Int8Kernels int8_kernels_plain() { return {multiply_plain, round_group_plain}; }
Int8Kernels int8_kernels_avx2() { return {multiply_avx2, round_group_avx2}; }
Int8Kernels int8_kernels_vnni() { return {multiply_vnni, round_group_avx512}; }

Int8Kernels int8_kernels() {
  static const Int8Kernels kernels = [] {
    const Isa isa = chosen_isa();
    if (isa >= Isa::avx512 && __builtin_cpu_supports("avx512vnni")) return int8_kernels_vnni();
    return isa >= Isa::avx2 ? int8_kernels_avx2() : int8_kernels_plain();
  }();
  return kernels;
}

}  // namespace preceptor::engine
