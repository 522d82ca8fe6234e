#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace preceptor::engine {

// Entries whose weights are summed together.
inline constexpr std::size_t weights_per_block = 256;
constexpr std::size_t weight_blocks(std::size_t count) {
  return (count + weights_per_block - 1) / weights_per_block;
}

// The place of the highest logit, of equal ones the first; -1 when one is not a number or the highest is not
// finite. logits: at least one
std::int64_t highest_logit(std::span<const float> logits);

// weights[i] = exp((logits[i] - highest) / temperature), sums[b] = Σ of the weights of block b.
// weights, logits: (count)   sums: (weight_blocks(count))
void token_weights(std::span<float> weights, std::span<float> sums, std::span<const float> logits,
                   float highest, float temperature);

}  // namespace preceptor::engine
