#pragma once

#include <cstdint>
#include <span>

#include "engine/kernels/precision.hpp"

namespace preceptor::engine {

// logprobs[r] = logits[r][tokens[r]] - log_sums[r], log_sums[r] = log Σ exp(logits[r]), in fp32.
// logits: (rows, vocabulary)   tokens, logprobs, log_sums: (rows)
void target_logprobs_forward(std::span<float> logprobs, std::span<float> log_sums,
                             std::span<const float> logits, std::span<const std::int32_t> tokens,
                             std::int32_t vocabulary);

// d_logits[r][v] = d_logprobs[r] * ([v == tokens[r]] - exp(logits[r][v] - log_sums[r])); overwrites d_logits.
template <class Real>
void target_logprobs_backward(std::span<Real> d_logits, std::span<const float> d_logprobs,
                              std::span<const float> logits, std::span<const float> log_sums,
                              std::span<const std::int32_t> tokens, std::int32_t vocabulary);

}  // namespace preceptor::engine
