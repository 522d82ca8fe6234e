#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "engine/generation/sampling.hpp"

namespace preceptor::engine {

// Which tokens stand in a prompt and in the text that follows it, for the penalties.
class TokenHistory {
public:
  TokenHistory() = default;
  explicit TokenHistory(std::span<const TokenId> prompt);

  void add(TokenId id);  // the next token of the text
  std::int32_t text_tokens() const { return text_tokens_; }

  struct Count {
    std::int32_t in_text = 0;  // 0: it stands in the prompt alone
  };
  const std::unordered_map<TokenId, Count>& counts() const { return counts_; }

private:
  std::unordered_map<TokenId, Count> counts_;
  std::int32_t text_tokens_ = 0;
};

// A bit for each id, 64 to a word, lowest first: the tokens that may come next. Empty: any may.
using AllowedTokens = std::span<const std::uint64_t>;

// Whether apply_rules would change anything; a model's logits are copied only then.
bool rules_apply(const SamplingOptions& options, const TokenHistory& history, AllowedTokens allowed);

// Changes logits as the options ask, in transformers' order: biases, repetition penalty, presence and
// frequency penalties, stop ids before tokens_min (-inf), tokens not allowed (-inf). Biased ids must be in
// the vocabulary.
void apply_rules(std::span<float> logits, const SamplingOptions& options, const TokenHistory& history,
                 AllowedTokens allowed);

}  // namespace preceptor::engine
