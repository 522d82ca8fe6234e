#include "engine/kernels/round_group.hpp"

// The vectors that GCC 12's own header leaves undefined on purpose (GCC bug 105593) are none of ours.
#pragma GCC diagnostic ignored "-Wuninitialized"
#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#define PRECEPTOR_AVX2_TARGET __attribute__((target("avx2,fma")))
#define PRECEPTOR_AVX512_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,fma")))

namespace preceptor::engine {
namespace {

constexpr float largest = 127.0F;

float inverse_of(float most) { return most > 0 ? largest / most : 0.0F; }

}  // namespace

float round_group_plain(std::int8_t* values, std::int32_t* sum, const float* x, std::size_t count) {
  float most = 0;
  float nothing = 0;  // not a number when one of the values is none: the scale carries it on
  for (std::size_t i = 0; i < count; ++i) {
    most = std::max(most, std::fabs(x[i]));
    nothing += x[i] * 0.0F;
  }
  const float inverse = inverse_of(most);
  *sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = static_cast<std::int8_t>(std::lrint(x[i] * inverse));
    *sum += values[i];
  }
  return most / largest + nothing;
}

PRECEPTOR_AVX2_TARGET float round_group_avx2(std::int8_t* values, std::int32_t* sum, const float* x,
                                             std::size_t count) {
  const __m256 no_sign = _mm256_castsi256_ps(_mm256_set1_epi32(0x7FFFFFFF));
  __m256 most_lanes = _mm256_setzero_ps();
  __m256 nothing_lanes = _mm256_setzero_ps();
  for (std::size_t i = 0; i < count; i += 8) {
    most_lanes = _mm256_max_ps(_mm256_and_ps(_mm256_loadu_ps(x + i), no_sign), most_lanes);
    nothing_lanes = _mm256_fmadd_ps(_mm256_loadu_ps(x + i), _mm256_setzero_ps(), nothing_lanes);
  }
  float lanes[8];
  _mm256_storeu_ps(lanes, most_lanes);
  const float most = *std::max_element(lanes, lanes + 8);
  _mm256_storeu_ps(lanes, nothing_lanes);
  float nothing = 0;
  for (const float lane : lanes) nothing += lane;
  const __m256 inverse = _mm256_set1_ps(inverse_of(most));
  __m256i sums = _mm256_setzero_si256();
  for (std::size_t i = 0; i < count; i += 8) {
    const __m256i rounded = _mm256_cvtps_epi32(_mm256_mul_ps(_mm256_loadu_ps(x + i), inverse));
    sums = _mm256_add_epi32(sums, rounded);
    const __m128i words =
        _mm_packs_epi32(_mm256_castsi256_si128(rounded), _mm256_extracti128_si256(rounded, 1));
    const std::int64_t bytes = _mm_cvtsi128_si64(_mm_packs_epi16(words, words));
    std::memcpy(values + i, &bytes, sizeof bytes);
  }
  std::int32_t parts[8];
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(parts), sums);
  *sum = 0;
  for (const std::int32_t part : parts) *sum += part;
  return most / largest + nothing;
}

PRECEPTOR_AVX512_TARGET float round_group_avx512(std::int8_t* values, std::int32_t* sum, const float* x,
                                                 std::size_t count) {
  __m512 most_lanes = _mm512_setzero_ps();
  __m512 nothing = _mm512_setzero_ps();
  for (std::size_t i = 0; i < count; i += 16) {
    most_lanes = _mm512_max_ps(_mm512_abs_ps(_mm512_loadu_ps(x + i)), most_lanes);
    nothing = _mm512_fmadd_ps(_mm512_loadu_ps(x + i), _mm512_setzero_ps(), nothing);
  }
  const float most = _mm512_reduce_max_ps(most_lanes);
  const __m512 inverse = _mm512_set1_ps(inverse_of(most));
  __m512i sums = _mm512_setzero_si512();
  for (std::size_t i = 0; i < count; i += 16) {
    const __m512i rounded = _mm512_cvtps_epi32(_mm512_mul_ps(_mm512_loadu_ps(x + i), inverse));
    sums = _mm512_add_epi32(sums, rounded);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(values + i), _mm512_cvtepi32_epi8(rounded));
  }
  *sum = _mm512_reduce_add_epi32(sums);
  return most / largest + _mm512_reduce_add_ps(nothing);
}

}  // namespace preceptor::engine
