#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/generation/logit_rules.hpp"
#include "engine/generation/sampling.hpp"

namespace preceptor::engine {

struct TokenLogprob {
  TokenId id = 0;
  float logprob = 0.0F;
  bool operator==(const TokenLogprob&) const = default;
};

// Both under the model's own distribution: temperature 1, no rule and no filter, whatever it was picked with.
struct PickedToken {
  TokenId id = -1;  // -1: the logits are not numbers
  float logprob = 0.0F;
  std::vector<TokenLogprob> top;  // top_logprobs of them, most likely first, of equal ones the lower id
};

// What one sequence's next token depends on.
struct PickTask {
  const SamplingOptions* sampling = nullptr;
  const TokenHistory* history = nullptr;
  Random* random = nullptr;
  AllowedTokens allowed;
};

// Picks the next token of many sequences on all threads; each gets the same whatever the others are.
class TokenPicker {
public:
  explicit TokenPicker(int threads) : places_(static_cast<std::size_t>(threads)) {}

  // logits: (tasks, vocabulary)
  std::vector<PickedToken> pick(std::span<const PickTask> tasks, std::span<const float> logits,
                                std::size_t vocabulary);

private:
  struct Place {  // scratch memory of one thread
    Sampler sampler;
    std::vector<float> logits;
  };
  std::vector<Place> places_;
};

// The `count` most likely tokens of one row of logits.
std::vector<TokenLogprob> most_likely(std::span<const float> logits, float log_sum, std::int32_t count);

}  // namespace preceptor::engine
