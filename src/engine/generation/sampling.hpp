#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"

namespace preceptor::engine {

using TokenId = std::int32_t;

struct SamplingOptions {
  float temperature = 1.0F;  // 0: the most likely token
  std::int32_t top_k = 0;    // 0: off
  float top_p = 1.0F;        // 1: off
  std::int32_t tokens_max = 256;
  std::uint64_t seed = 0;
  std::vector<TokenId> stop_ids;
};

// Refuses settings outside their ranges.
Result<void> check(const SamplingOptions& options);

// Draws from softmax(logits / temperature), filtered in transformers' order: the top_k most likely tokens,
// then the smallest set of them whose probability (renormalised) reaches top_p. Of equal logits the lower id
// counts as more likely. One number is drawn from the random stream per token, none when greedy. Owns scratch
// memory: one per thread.
class Sampler {
public:
  // Returns -1 when a logit is not finite in a way that leaves no distribution (NaN, all -inf).
  TokenId pick(std::span<const float> logits, const SamplingOptions& options, Random& random);

private:
  TokenId pick_unfiltered(std::span<const float> logits, float logit_max, float temperature, Random& random);
  TokenId pick_filtered(std::span<const float> logits, float logit_max, const SamplingOptions& options,
                        Random& random);
  void keep_most_likely(std::span<const float> logits, std::size_t count);
  void keep_nucleus(std::span<const float> logits, float top_p);

  std::vector<float> weights_;       // by id
  std::vector<TokenId> candidates_;  // most likely first where sorted
};

}  // namespace preceptor::engine
