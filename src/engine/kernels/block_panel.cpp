#include "engine/kernels/block_panel.hpp"

// The vectors that GCC 12's own header leaves undefined on purpose (GCC bug 105593) are none of ours.
#pragma GCC diagnostic ignored "-Wuninitialized"
#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "engine/formats/half.hpp"
#include "engine/kernels/block_panel_loops.hpp"
#include "engine/kernels/isa.hpp"

#define PRECEPTOR_AVX2_TARGET __attribute__((target("avx2,fma,f16c")))

namespace preceptor::engine {

using namespace block_panel;

namespace {

// One output's quanta into nibbles and bits that are zero.
void pack_narrow(std::byte* block, const BlockFormat& format, std::size_t output,
                 const std::uint8_t* quanta) {
  const std::size_t steps = format.group / values_per_step;
  const unsigned shift = output < block_panel_width / 2 ? 0 : 4;
  for (std::size_t input = 0; input < format.group; ++input) {
    const std::size_t step = input / values_per_step;
    const std::size_t place = output * values_per_step + input % values_per_step;  // within the step
    block[step * vector_bytes + place % vector_bytes] |=
        static_cast<std::byte>((quanta[input] & 15U) << shift);
    for (std::size_t plane = 0; plane + 4 < format.bits; ++plane) {
      const unsigned bit = (static_cast<unsigned>(quanta[input]) >> (4 + plane)) & 1U;
      block[steps * vector_bytes + (plane * steps + step) * plane_bytes + place / 8] |=
          static_cast<std::byte>(bit << (place % 8));
    }
  }
}

}  // namespace

void pack_block(std::byte* block, const BlockFormat& format, const std::uint8_t* quanta, const float* scales,
                const float* offsets) {
  const std::size_t steps = format.group / values_per_step;
  if (format.bits < 8) std::fill_n(block, format.quanta_bytes(), std::byte{});
  for (std::size_t output = 0; output < block_panel_width; ++output) {
    const std::uint8_t* row = quanta + output * format.group;
    if (format.bits == 8) {
      for (std::size_t step = 0; step < steps; ++step)
        std::memcpy(block + step * step_values + output * values_per_step, row + step * values_per_step,
                    values_per_step);
    } else {
      pack_narrow(block, format, output, row);
    }
    const auto store = [&](std::size_t line, float value) {
      const std::uint16_t half = float_to_half(value);
      std::memcpy(block + format.quanta_bytes() + (line * block_panel_width + output) * sizeof half, &half,
                  sizeof half);
    };
    store(0, scales[output]);
    if (format.has_offsets) store(1, offsets[output]);
  }
}

namespace {

// --- plain ---------------------------------------------------------------------------------------------

void widen_plain(std::byte* wide, const std::byte* blocks, const BlockFormat& format, std::size_t groups) {
  const std::size_t steps = format.group / values_per_step;
  const BlockFormat wide_format = format.in_bytes();
  for (std::size_t group = 0; group < groups; ++group) {
    const std::byte* block = blocks + group * format.block_bytes();
    std::byte* to = wide + group * wide_format.block_bytes();
    for (std::size_t step = 0; step < steps; ++step) {
      for (std::size_t place = 0; place < vector_bytes; ++place) {
        const auto both = static_cast<unsigned>(block[step * vector_bytes + place]);
        to[step * step_values + place] = static_cast<std::byte>(both & 15U);
        to[step * step_values + vector_bytes + place] = static_cast<std::byte>(both >> 4U);
      }
      for (std::size_t plane = 0; plane + 4 < format.bits; ++plane) {
        const std::byte* bits = block + steps * vector_bytes + (plane * steps + step) * plane_bytes;
        for (std::size_t place = 0; place < step_values; ++place) {
          const unsigned bit = (static_cast<unsigned>(bits[place / 8]) >> (place % 8)) & 1U;
          to[step * step_values + place] |= static_cast<std::byte>(bit << (4 + plane));
        }
      }
    }
    std::memcpy(to + wide_format.quanta_bytes(), block + format.quanta_bytes(),
                format.block_bytes() - format.quanta_bytes());
  }
}

float half_at(const std::byte* halves, std::size_t index) {
  std::uint16_t half;
  std::memcpy(&half, halves + index * sizeof half, sizeof half);
  return half_to_float(half);
}

// One output of one row: the group's products are summed exactly, then its share is added.
void multiply_wide_plain(float* out, std::size_t out_step, const RoundedX& all_x, const std::byte* blocks,
                         const BlockFormat& format, std::size_t rows) {
  for (std::size_t row = 0; row < rows; ++row) {
    const RoundedX x = all_x.from(row, format.group);
    for (std::size_t column = 0; column < block_panel_width; ++column) {
      float total = 0;
      for (std::size_t group = 0; group < x.groups; ++group) {
        const std::byte* block = blocks + group * format.block_bytes();
        std::int32_t sum = -format.zero * x.sums[group];
        for (std::size_t i = 0; i < format.group; ++i) {
          const std::size_t place = i / values_per_step * step_values + column * values_per_step;
          sum += static_cast<std::int32_t>(block[place + i % values_per_step]) *
                 x.values[group * format.group + i];
        }
        const std::byte* scales = block + format.quanta_bytes();
        total = std::fma(static_cast<float>(sum), half_at(scales, column) * x.scales[group], total);
        if (!format.has_offsets) continue;
        total = std::fma(half_at(scales, block_panel_width + column),
                         x.scales[group] * static_cast<float>(x.sums[group]), total);
      }
      out[row * out_step + column] = total;
    }
  }
}

// Kernels without loops of their own for packed quanta widen a panel first.
using MultiplyWide = void (*)(float*, std::size_t, const RoundedX&, const std::byte*, const BlockFormat&,
                              std::size_t);
void multiply_widened(MultiplyWide multiply, float* out, std::size_t out_step, const RoundedX& x,
                      const std::byte* blocks, const BlockFormat& format, std::size_t rows) {
  if (format.bits == 8) return multiply(out, out_step, x, blocks, format, rows);
  thread_local std::vector<std::byte> wide;
  wide.resize(x.groups * format.in_bytes().block_bytes());
  widen_plain(wide.data(), blocks, format, x.groups);
  multiply(out, out_step, x, wide.data(), format.in_bytes(), rows);
}

void multiply_plain(float* out, std::size_t out_step, const RoundedX& x, const std::byte* blocks,
                    const BlockFormat& format, std::size_t rows) {
  multiply_widened(multiply_wide_plain, out, out_step, x, blocks, format, rows);
}

// --- AVX2 ----------------------------------------------------------------------------------------------

// Eight outputs: their four products each as two sums of two.
PRECEPTOR_AVX2_TARGET inline void add_step_avx2(__m256i& low, __m256i& high, const std::byte* weights,
                                                __m256i x) {
  const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weights));
  low = _mm256_add_epi32(low, _mm256_madd_epi16(_mm256_cvtepu8_epi16(_mm256_castsi256_si128(bytes)), x));
  high =
      _mm256_add_epi32(high, _mm256_madd_epi16(_mm256_cvtepu8_epi16(_mm256_extracti128_si256(bytes, 1)), x));
}

PRECEPTOR_AVX2_TARGET inline __m256 halves_avx2(const std::byte* halves) {
  return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(halves)));
}

PRECEPTOR_AVX2_TARGET void multiply_wide_avx2(float* out, std::size_t out_step, const RoundedX& all_x,
                                              const std::byte* blocks, const BlockFormat& format,
                                              std::size_t rows) {
  constexpr std::size_t quarters = block_panel_width / 8;
  const std::size_t steps = format.group / values_per_step;
  for (std::size_t row = 0; row < rows; ++row) {
    const RoundedX x = all_x.from(row, format.group);
    __m256 totals[quarters];
    for (__m256& total : totals) total = _mm256_setzero_ps();
    for (std::size_t group = 0; group < x.groups; ++group) {
      const std::byte* block = blocks + group * format.block_bytes();
      __m256i low[quarters], high[quarters];
      for (std::size_t q = 0; q < quarters; ++q) low[q] = high[q] = _mm256_setzero_si256();
      for (std::size_t step = 0; step < steps; ++step) {
        const __m256i four =
            _mm256_cvtepi8_epi16(_mm_set1_epi32(four_values(x.values + group * format.group, step)));
        for (std::size_t q = 0; q < quarters; ++q)
          add_step_avx2(low[q], high[q], block + step * step_values + q * 32, four);
      }
      const std::byte* scales = block + format.quanta_bytes();
      const __m256i zero = _mm256_set1_epi32(-format.zero * x.sums[group]);
      const __m256 scale = _mm256_set1_ps(x.scales[group]);
      const __m256 sum = _mm256_set1_ps(x.scales[group] * static_cast<float>(x.sums[group]));
      for (std::size_t q = 0; q < quarters; ++q) {
        // hadd leaves the outputs as 0 1 4 5 2 3 6 7.
        const __m256i sums = _mm256_permute4x64_epi64(_mm256_hadd_epi32(low[q], high[q]), 0b11011000);
        const __m256 values = _mm256_cvtepi32_ps(_mm256_add_epi32(sums, zero));
        const __m256 factor = _mm256_mul_ps(halves_avx2(scales + q * 16), scale);
        totals[q] = _mm256_fmadd_ps(values, factor, totals[q]);
        if (!format.has_offsets) continue;
        totals[q] = _mm256_fmadd_ps(halves_avx2(scales + 64 + q * 16), sum, totals[q]);
      }
    }
    for (std::size_t q = 0; q < quarters; ++q) _mm256_storeu_ps(out + row * out_step + q * 8, totals[q]);
  }
}

void multiply_avx2(float* out, std::size_t out_step, const RoundedX& x, const std::byte* blocks,
                   const BlockFormat& format, std::size_t rows) {
  multiply_widened(multiply_wide_avx2, out, out_step, x, blocks, format, rows);
}

}  // namespace

BlockKernels block_kernels_plain() { return {multiply_plain, widen_plain, round_group_plain}; }
BlockKernels block_kernels_avx2() { return {multiply_avx2, widen_plain, round_group_avx2}; }
BlockKernels block_kernels_vnni() { return {multiply_vnni, widen_vnni, round_group_avx512}; }

BlockKernels block_kernels() {
  static const BlockKernels kernels = [] {
    const Isa isa = chosen_isa();
    if (isa >= Isa::avx512 && __builtin_cpu_supports("avx512vnni")) return block_kernels_vnni();
    const bool avx2 = isa >= Isa::avx2 && __builtin_cpu_supports("f16c");
    return avx2 ? block_kernels_avx2() : block_kernels_plain();
  }();
  return kernels;
}

}  // namespace preceptor::engine
