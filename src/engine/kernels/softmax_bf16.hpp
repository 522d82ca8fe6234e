// The softmax of the bf16 attention kernels; include in their .cpp files only.
#pragma once

#include "engine/kernels/bf16_vectors.hpp"

#include <limits>
#include <span>

#include "engine/kernels/attention_keys_bf16.hpp"

namespace preceptor::engine {

// Scores of one query become bf16 exp(scale * score - max) in place, its first half; keys not seen become 0.
// width: all columns; ranges: the columns seen. Returns {max of scale * score, Σ}.
struct Softmax {
  float highest, sum;
};
PRECEPTOR_BF16_TARGET inline Softmax exponentials_in_place(float* scores, std::size_t width,
                                                           std::span<const Range> ranges, float scale) {
  const __m512 factor = _mm512_set1_ps(scale);
  const __m512 never = _mm512_set1_ps(-std::numeric_limits<float>::infinity());
  const auto mask_at = [](std::size_t column, const Range& range) {
    return lanes_between(column, range.begin, range.end);
  };
  __m512 best = never;
  for (const Range& range : ranges) {
    for (std::size_t i = range.begin / 16 * 16; i < range.end; i += 16) {
      best = _mm512_mask_max_ps(best, mask_at(i, range), best, _mm512_loadu_ps(scores + i));
    }
  }
  const float highest = _mm512_reduce_max_ps(best) * scale;
  const __m512 shift = _mm512_set1_ps(-highest);
  __m512 sum = _mm512_setzero_ps();
  auto* out = reinterpret_cast<Bf16*>(scores);
  std::size_t column = 0;
  for (const Range& range : ranges) {
    for (; column < range.begin / 16 * 16; column += 16) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + column), _mm256_setzero_si256());
    }
    for (; column < range.end; column += 16) {
      const __m512 x = _mm512_fmadd_ps(_mm512_loadu_ps(scores + column), factor, shift);
      const __m512 value = _mm512_maskz_mov_ps(mask_at(column, range), exponential(x));
      sum = _mm512_add_ps(sum, value);
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + column), rounded(value));
    }
  }
  for (; column < width; column += 16) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + column), _mm256_setzero_si256());
  }
  return {highest, _mm512_reduce_add_ps(sum)};
}

}  // namespace preceptor::engine
