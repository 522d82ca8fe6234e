#include "learning/packing.hpp"

#include <cassert>

#include "base/format.hpp"

namespace preceptor::learning {

void append_pair_member(engine::PackedBatch& batch, std::span<const text::TokenId> prompt,
                        std::span<const text::TokenId> completion) {
  batch.tokens.insert(batch.tokens.end(), prompt.begin(), prompt.end());
  batch.tokens.insert(batch.tokens.end(), completion.begin(), completion.end());
  batch.starts.push_back(static_cast<std::int32_t>(batch.tokens.size()));
}

void append_sequence(PackedTargets& packed, std::span<const text::TokenId> tokens,
                     std::span<const float> token_weights, float scale) {
  assert(token_weights.empty() || token_weights.size() == tokens.size());
  const auto first_row = static_cast<std::int32_t>(packed.batch.tokens.size());
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    const float weight = (token_weights.empty() ? 1.0F : token_weights[i]) * scale;
    if (weight == 0.0F) continue;
    packed.targets.push_back({first_row + static_cast<std::int32_t>(i) - 1, tokens[i]});
    packed.weights.push_back(weight);
  }
  append_pair_member(packed.batch, tokens, {});
}

std::size_t append_completion(PackedTargets& packed, std::span<const text::TokenId> prompt,
                              std::span<const text::TokenId> completion) {
  const auto first_row = static_cast<std::int32_t>(packed.batch.tokens.size() + prompt.size());
  const std::size_t first = prompt.empty() ? 1 : 0;  // without a past there is nothing to predict from
  for (std::size_t i = first; i < completion.size(); ++i) {
    packed.targets.push_back({first_row + static_cast<std::int32_t>(i) - 1, completion[i]});
    packed.weights.push_back(1.0F);
  }
  append_pair_member(packed.batch, prompt, completion);
  return completion.size() > first ? completion.size() - first : 0;
}

std::vector<std::span<const std::size_t>> microbatches(
    std::span<const std::size_t> units, const std::function<std::int64_t(std::size_t)>& tokens_of,
    std::int64_t tokens_max) {
  std::vector<std::span<const std::size_t>> parts;
  std::size_t begin = 0;
  std::int64_t tokens = 0;
  for (std::size_t i = 0; i < units.size(); ++i) {
    const std::int64_t more = tokens_of(units[i]);
    if (i > begin && tokens + more > tokens_max) {
      parts.push_back(units.subspan(begin, i - begin));
      begin = i;
      tokens = 0;
    }
    tokens += more;
  }
  if (begin < units.size()) parts.push_back(units.subspan(begin));
  return parts;
}

Result<void> check_sequence(const engine::ModelConfig& config, std::span<const text::TokenId> prompt,
                            std::span<const text::TokenId> completion, const std::string& what) {
  const std::size_t length = prompt.size() + completion.size();
  if (length == 0) return refuse(ErrorKind::invalid, "is empty", {}, what);
  if (length > static_cast<std::size_t>(config.context_length_max)) {
    return refuse(ErrorKind::invalid,
                  format("has {} tokens, the model's context holds {}", length, config.context_length_max),
                  "leave out or shorten what is too long", what);
  }
  for (const auto part : {prompt, completion}) {
    for (const text::TokenId token : part) {
      if (token >= 0 && token < config.vocabulary_size) continue;
      return refuse(ErrorKind::invalid,
                    format("token id {} is outside the vocabulary of {}", token, config.vocabulary_size),
                    "was it made with another tokenizer?", what);
    }
  }
  return {};
}

}  // namespace preceptor::learning
