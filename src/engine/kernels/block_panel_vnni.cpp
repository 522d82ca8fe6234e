// The vectors that GCC 12's own header leaves undefined on purpose (GCC bug 105593) are none of ours.
#pragma GCC diagnostic ignored "-Wuninitialized"
#include <immintrin.h>

#include <algorithm>
#include <type_traits>

#include "engine/kernels/block_panel_loops.hpp"

#define PRECEPTOR_VNNI_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,fma")))

namespace preceptor::engine::block_panel {
namespace {

// Rows that go through a panel together: their sums stay in registers.
constexpr std::size_t tile_rows = 6;

struct StepWeights {
  __m512i left, right;  // four inputs of outputs 0 to 15, 16 to 31
};

template <std::uint32_t Bits, std::uint32_t Group>
PRECEPTOR_VNNI_TARGET inline StepWeights weights_of(const std::byte* block, std::size_t step) {
  if constexpr (Bits == 8) {
    return {_mm512_loadu_si512(block + step * step_values),
            _mm512_loadu_si512(block + step * step_values + vector_bytes)};
  } else {
    constexpr std::size_t steps = Group / values_per_step;
    const __m512i nibbles = _mm512_loadu_si512(block + step * vector_bytes);
    const __m512i fifteen = _mm512_set1_epi8(15);
    StepWeights weights{_mm512_and_si512(nibbles, fifteen),
                        _mm512_and_si512(_mm512_srli_epi16(nibbles, 4), fifteen)};
    for (std::size_t plane = 0; plane + 4 < Bits; ++plane) {
      std::uint64_t bits[2];
      std::memcpy(bits, block + steps * vector_bytes + (plane * steps + step) * plane_bytes, sizeof bits);
      const __m512i worth = _mm512_set1_epi8(static_cast<char>(16U << plane));
      weights.left = _mm512_mask_add_epi8(weights.left, bits[0], weights.left, worth);
      weights.right = _mm512_mask_add_epi8(weights.right, bits[1], weights.right, worth);
    }
    return weights;
  }
}

PRECEPTOR_VNNI_TARGET inline __m512 halves(const std::byte* from) {
  return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)));
}

template <std::uint32_t Bits, std::uint32_t Group, std::size_t Rows>
PRECEPTOR_VNNI_TARGET void multiply_tile(float* out, std::size_t out_step, const RoundedX& x,
                                         const std::byte* blocks, const BlockFormat& format) {
  constexpr std::size_t quanta_bytes = Group * block_panel_width * Bits / 8;
  const std::size_t block_bytes = format.block_bytes();
  __m512 left[Rows], right[Rows];
  for (std::size_t row = 0; row < Rows; ++row) left[row] = right[row] = _mm512_setzero_ps();
  for (std::size_t group = 0; group < x.groups; ++group) {
    const std::byte* block = blocks + group * block_bytes;
    __m512i left_sum[Rows], right_sum[Rows];
    for (std::size_t row = 0; row < Rows; ++row)
      left_sum[row] = right_sum[row] = _mm512_set1_epi32(-format.zero * x.sums[row * x.groups + group]);
    for (std::size_t step = 0; step < Group / values_per_step; ++step) {
      const StepWeights weights = weights_of<Bits, Group>(block, step);
      for (std::size_t row = 0; row < Rows; ++row) {
        const std::int8_t* values = x.values + (row * x.groups + group) * Group;
        const __m512i four = _mm512_set1_epi32(four_values(values, step));
        left_sum[row] = _mm512_dpbusd_epi32(left_sum[row], weights.left, four);
        right_sum[row] = _mm512_dpbusd_epi32(right_sum[row], weights.right, four);
      }
    }
    const __m512 scale_left = halves(block + quanta_bytes);
    const __m512 scale_right = halves(block + quanta_bytes + 32);
    for (std::size_t row = 0; row < Rows; ++row) {
      const __m512 scale = _mm512_set1_ps(x.scales[row * x.groups + group]);
      left[row] =
          _mm512_fmadd_ps(_mm512_cvtepi32_ps(left_sum[row]), _mm512_mul_ps(scale_left, scale), left[row]);
      right[row] =
          _mm512_fmadd_ps(_mm512_cvtepi32_ps(right_sum[row]), _mm512_mul_ps(scale_right, scale), right[row]);
    }
    if (!format.has_offsets) continue;
    const __m512 offset_left = halves(block + quanta_bytes + 64);
    const __m512 offset_right = halves(block + quanta_bytes + 96);
    for (std::size_t row = 0; row < Rows; ++row) {
      const std::size_t place = row * x.groups + group;
      const __m512 sum = _mm512_set1_ps(x.scales[place] * static_cast<float>(x.sums[place]));
      left[row] = _mm512_fmadd_ps(offset_left, sum, left[row]);
      right[row] = _mm512_fmadd_ps(offset_right, sum, right[row]);
    }
  }
  for (std::size_t row = 0; row < Rows; ++row) {
    _mm512_storeu_ps(out + row * out_step, left[row]);
    _mm512_storeu_ps(out + row * out_step + 16, right[row]);
  }
}

template <std::uint32_t Bits, std::uint32_t Group, std::size_t Rows>
void multiply_rest(float* out, std::size_t out_step, const RoundedX& x, const std::byte* blocks,
                   const BlockFormat& format, std::size_t rows) {
  if constexpr (Rows > 0) {
    if (rows == Rows) {
      multiply_tile<Bits, Group, Rows>(out, out_step, x, blocks, format);
    } else {
      multiply_rest<Bits, Group, Rows - 1>(out, out_step, x, blocks, format, rows);
    }
  }
}

template <std::uint32_t Bits, std::uint32_t Group>
void multiply_rows(float* out, std::size_t out_step, const RoundedX& x, const std::byte* blocks,
                   const BlockFormat& format, std::size_t rows) {
  std::size_t row = 0;
  for (; row + tile_rows <= rows; row += tile_rows)
    multiply_tile<Bits, Group, tile_rows>(out + row * out_step, out_step, x.from(row, Group), blocks, format);
  multiply_rest<Bits, Group, tile_rows - 1>(out + row * out_step, out_step, x.from(row, Group), blocks,
                                            format, rows - row);
}

template <std::uint32_t Bits, std::uint32_t Group>
PRECEPTOR_VNNI_TARGET void widen_groups(std::byte* wide, const std::byte* blocks, const BlockFormat& format,
                                        std::size_t groups) {
  const BlockFormat wide_format = format.in_bytes();
  for (std::size_t group = 0; group < groups; ++group) {
    const std::byte* block = blocks + group * format.block_bytes();
    std::byte* to = wide + group * wide_format.block_bytes();
    for (std::size_t step = 0; step < Group / values_per_step; ++step) {
      const StepWeights weights = weights_of<Bits, Group>(block, step);
      _mm512_storeu_si512(to + step * step_values, weights.left);
      _mm512_storeu_si512(to + step * step_values + vector_bytes, weights.right);
    }
    std::memcpy(to + wide_format.quanta_bytes(), block + format.quanta_bytes(),
                format.block_bytes() - format.quanta_bytes());
  }
}

// Calls run with the bits and the group of the format, as constants.
template <class Run>
void with_format(const BlockFormat& format, const Run& run) {
  const auto grouped = [&](auto bits) {
    if (format.group == 16) {
      run(bits, std::integral_constant<std::uint32_t, 16>());
    } else {
      run(bits, std::integral_constant<std::uint32_t, 32>());
    }
  };
  switch (format.bits) {
    case 4: return grouped(std::integral_constant<std::uint32_t, 4>());
    case 5: return grouped(std::integral_constant<std::uint32_t, 5>());
    case 6: return grouped(std::integral_constant<std::uint32_t, 6>());
    default: return grouped(std::integral_constant<std::uint32_t, 8>());
  }
}

}  // namespace

void multiply_vnni(float* out, std::size_t out_step, const RoundedX& x, const std::byte* blocks,
                   const BlockFormat& format, std::size_t rows) {
  with_format(format, [&](auto bits, auto group) {
    multiply_rows<decltype(bits)::value, decltype(group)::value>(out, out_step, x, blocks, format, rows);
  });
}

void widen_vnni(std::byte* wide, const std::byte* blocks, const BlockFormat& format, std::size_t groups) {
  with_format(format, [&](auto bits, auto group) {
    widen_groups<decltype(bits)::value, decltype(group)::value>(wide, blocks, format, groups);
  });
}

}  // namespace preceptor::engine::block_panel
