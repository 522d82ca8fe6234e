#include "engine/generation/logit_rules.hpp"

#include <limits>

namespace preceptor::engine {
namespace {

constexpr float never = -std::numeric_limits<float>::infinity();

bool penalises(const SamplingOptions& options) {
  return options.repetition_penalty != 1 || options.presence_penalty != 0 || options.frequency_penalty != 0;
}

bool withholds_stop(const SamplingOptions& options, const TokenHistory& history) {
  return history.text_tokens() < options.tokens_min && !options.stop_ids.empty();
}

void penalise(std::span<float> logits, const SamplingOptions& options, const TokenHistory& history) {
  for (const auto& [id, count] : history.counts()) {
    float& logit = logits[static_cast<std::size_t>(id)];
    logit = logit > 0 ? logit / options.repetition_penalty : logit * options.repetition_penalty;
    if (count.in_text == 0) continue;
    logit -= options.presence_penalty + options.frequency_penalty * static_cast<float>(count.in_text);
  }
}

}  // namespace

TokenHistory::TokenHistory(std::span<const TokenId> prompt) {
  for (const TokenId id : prompt) counts_.try_emplace(id);
}

void TokenHistory::add(TokenId id) {
  ++counts_[id].in_text;
  ++text_tokens_;
}

bool rules_apply(const SamplingOptions& options, const TokenHistory& history, AllowedTokens allowed) {
  return !options.logit_bias.empty() || penalises(options) || withholds_stop(options, history) ||
         !allowed.empty();
}

void apply_rules(std::span<float> logits, const SamplingOptions& options, const TokenHistory& history,
                 AllowedTokens allowed) {
  for (const LogitBias& entry : options.logit_bias) logits[static_cast<std::size_t>(entry.id)] += entry.bias;
  if (penalises(options)) penalise(logits, options, history);
  if (withholds_stop(options, history)) {
    for (const TokenId id : options.stop_ids) {
      if (id >= 0 && static_cast<std::size_t>(id) < logits.size())
        logits[static_cast<std::size_t>(id)] = never;
    }
  }
  if (allowed.empty()) return;
  for (std::size_t id = 0; id < logits.size(); ++id) {
    if ((allowed[id / 64] >> (id % 64) & 1U) == 0) logits[id] = never;
  }
}

}  // namespace preceptor::engine
