#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"

namespace preceptor::engine {

using TokenId = std::int32_t;

inline constexpr std::int32_t top_logprobs_max = 100;

struct LogitBias {
  TokenId id = 0;
  float bias = 0.0F;
};

struct SamplingOptions {
  float temperature = 1.0F;  // 0: the most likely token
  std::int32_t top_k = 0;    // 0: off
  float top_p = 1.0F;        // 1: off
  float min_p = 0.0F;        // 0: off; else tokens less likely than this share of the likeliest are left out
  std::int32_t tokens_max = 256;
  std::int32_t tokens_min = 0;  // no stop id is picked before the text has as many
  std::uint64_t seed = 0;
  std::vector<TokenId> stop_ids;
  // Of tokens that stand in the prompt or the text: logits above 0 are divided by it, the others multiplied.
  float repetition_penalty = 1.0F;
  // Subtracted from the logit of each token that stands in the text, and that times how often it stands
  // there.
  float presence_penalty = 0.0F;
  float frequency_penalty = 0.0F;
  std::vector<LogitBias> logit_bias;  // added to the logits before the penalties
  std::int32_t top_logprobs = 0;      // how many of the likeliest tokens are told beside each one picked
};

// Refuses settings outside their ranges.
Result<void> check(const SamplingOptions& options);

// Draws from softmax(logits / temperature), filtered in transformers' order: the top_k most likely tokens,
// then the smallest set of them whose probability (renormalised) reaches top_p, then those that min_p leaves.
// Of equal logits the lower id counts as more likely. One number is drawn from the random stream per token,
// none when greedy. Owns scratch memory: one per thread.
class Sampler {
public:
  // Returns -1 when a logit is not finite in a way that leaves no distribution (NaN, all -inf).
  TokenId pick(std::span<const float> logits, const SamplingOptions& options, Random& random);

private:
  TokenId pick_unfiltered(Random& random);
  TokenId pick_filtered(std::span<const float> logits, const SamplingOptions& options, Random& random);
  void keep_most_likely(std::span<const float> logits, std::size_t count);
  void keep_nucleus(std::span<const float> logits, float top_p);

  std::vector<float> weights_;       // by id
  std::vector<float> sums_;          // of blocks of them
  std::vector<TokenId> candidates_;  // most likely first where sorted
};

}  // namespace preceptor::engine
