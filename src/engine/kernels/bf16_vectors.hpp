// AVX-512 pieces of the bf16 attention kernels; include in their .cpp files only.
#pragma once

// GCC's own headers pass undefined vectors on purpose.
#pragma GCC diagnostic ignored "-Wuninitialized"
#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "engine/kernels/precision.hpp"

#define PRECEPTOR_BF16_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")))

namespace preceptor::engine {

// Lanes of a vector at `column` that lie in [begin, end).
inline __mmask16 lanes_between(std::size_t column, std::size_t begin, std::size_t end) {
  const std::size_t from = begin > column ? begin - column : 0;
  const std::size_t to = end > column ? end - column : 0;
  const std::uint32_t below = to >= 16 ? 0xFFFFU : (1U << to) - 1U;
  return static_cast<__mmask16>(from >= 16 ? 0U : below & ~((1U << from) - 1U));
}

// e^x for x <= 0, to about 2 ulp; 0 below the smallest normal number (Cephes' polynomial for 2^f).
PRECEPTOR_BF16_TARGET inline __m512 exponential(__m512 x) {
  x = _mm512_max_ps(x, _mm512_set1_ps(-88.0F));
  const __m512 n =
      _mm512_roundscale_ps(_mm512_mul_ps(x, _mm512_set1_ps(1.44269504F)), _MM_FROUND_TO_NEAREST_INT);
  __m512 f = _mm512_fnmadd_ps(n, _mm512_set1_ps(0.693359375F), x);
  f = _mm512_fnmadd_ps(n, _mm512_set1_ps(-2.12194440e-4F), f);
  __m512 p = _mm512_set1_ps(1.9875691500e-4F);
  p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(1.3981999507e-3F));
  p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(8.3334519073e-3F));
  p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(4.1665795894e-2F));
  p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(1.6666665459e-1F));
  p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(5.0000001201e-1F));
  p = _mm512_fmadd_ps(p, _mm512_mul_ps(f, f), _mm512_add_ps(f, _mm512_set1_ps(1.0F)));
  return _mm512_scalef_ps(p, n);
}

PRECEPTOR_BF16_TARGET inline __m256i rounded(__m512 values) { return (__m256i)_mm512_cvtneps_pbh(values); }

// Σ a · b
PRECEPTOR_BF16_TARGET inline float dot(const Bf16* a, const Bf16* b, std::size_t count) {
  __m512 sum = _mm512_setzero_ps();
  for (std::size_t i = 0; i < count; i += 16) {
    const auto mask = static_cast<__mmask16>(count - i >= 16 ? 0xFFFFU : (1U << (count - i)) - 1U);
    const auto widened = [mask](const Bf16* from) PRECEPTOR_BF16_TARGET {
      return _mm512_castsi512_ps(
          _mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, from)), 16));
    };
    sum = _mm512_fmadd_ps(widened(a + i), widened(b + i), sum);
  }
  return _mm512_reduce_add_ps(sum);
}

// out (count) = bf16 of factor * values (count)
PRECEPTOR_BF16_TARGET inline void store_scaled(Bf16* out, const float* values, std::size_t count,
                                               float factor) {
  const __m512 scale = _mm512_set1_ps(factor);
  for (std::size_t i = 0; i < count; i += 16) {
    const auto mask = static_cast<__mmask16>(count - i >= 16 ? 0xFFFFU : (1U << (count - i)) - 1U);
    const __m512 value = _mm512_mul_ps(scale, _mm512_maskz_loadu_ps(mask, values + i));
    _mm256_mask_storeu_epi16(out + i, mask, rounded(value));
  }
}

}  // namespace preceptor::engine
