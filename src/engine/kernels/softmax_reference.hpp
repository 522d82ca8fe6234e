#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace preceptor::engine {

// Plain loops for softmax.hpp.
template <class T>
void target_logprobs_forward_reference(std::span<T> logprobs, std::span<T> log_sums,
                                       std::span<const T> logits, std::span<const std::int32_t> tokens,
                                       std::size_t vocabulary) {
  for (std::size_t row = 0; row < tokens.size(); ++row) {
    const std::span<const T> one = logits.subspan(row * vocabulary, vocabulary);
    const T highest = *std::max_element(one.begin(), one.end());
    T sum = 0;
    for (const T logit : one) sum += std::exp(logit - highest);
    log_sums[row] = highest + std::log(sum);
    logprobs[row] = one[static_cast<std::size_t>(tokens[row])] - log_sums[row];
  }
}

template <class T>
void target_logprobs_backward_reference(std::span<T> d_logits, std::span<const T> d_logprobs,
                                        std::span<const T> logits, std::span<const T> log_sums,
                                        std::span<const std::int32_t> tokens, std::size_t vocabulary) {
  for (std::size_t i = 0; i < logits.size(); ++i) {
    const std::size_t row = i / vocabulary;
    const T hit = i % vocabulary == static_cast<std::size_t>(tokens[row]) ? T(1) : T(0);
    d_logits[i] = d_logprobs[row] * (hit - std::exp(logits[i] - log_sums[row]));
  }
}

}  // namespace preceptor::engine
