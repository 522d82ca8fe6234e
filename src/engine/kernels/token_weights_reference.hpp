#pragma once

#include <cmath>
#include <cstdint>
#include <span>

#include "engine/kernels/token_weights.hpp"

namespace preceptor::engine {

// The same by plain loops.
inline std::int64_t highest_logit_reference(std::span<const float> logits) {
  std::size_t best = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    if (std::isnan(logits[i])) return -1;
    if (logits[i] > logits[best]) best = i;
  }
  return std::isfinite(logits[best]) ? static_cast<std::int64_t>(best) : -1;
}

inline void token_weights_reference(std::span<float> weights, std::span<float> sums,
                                    std::span<const float> logits, float highest, float temperature) {
  for (float& sum : sums) sum = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    weights[i] = std::exp((logits[i] - highest) / temperature);
    sums[i / weights_per_block] += weights[i];
  }
}

}  // namespace preceptor::engine
