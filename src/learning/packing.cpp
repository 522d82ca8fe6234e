#include "learning/packing.hpp"

#include <cassert>

#include "base/format.hpp"

namespace preceptor::learning {

namespace {

// Returns the sequence.
std::size_t append(engine::PackedBatch& batch, std::span<const text::TokenId> tokens, std::int32_t parent) {
  batch.tokens.insert(batch.tokens.end(), tokens.begin(), tokens.end());
  batch.starts.push_back(static_cast<std::int32_t>(batch.tokens.size()));
  batch.parents.push_back(parent);
  return batch.parents.size() - 1;
}

// The root of what continues the prompt, or -1 without one.
std::int32_t append_root(engine::PackedBatch& batch, std::span<const text::TokenId> prompt) {
  return prompt.empty() ? -1 : static_cast<std::int32_t>(append(batch, prompt, -1));
}

void add_target(PackedTargets& packed, std::int32_t row, text::TokenId token) {
  packed.targets.push_back({row, token});
  packed.weights.push_back(1.0F);
}

}  // namespace

void append_member(engine::PackedBatch& batch, std::span<const text::TokenId> prompt,
                   std::span<const text::TokenId> completion) {
  batch.tokens.insert(batch.tokens.end(), prompt.begin(), prompt.end());
  append(batch, completion, -1);
}

std::vector<std::size_t> append_members(engine::PackedBatch& batch, std::span<const text::TokenId> prompt,
                                        std::span<const std::span<const text::TokenId>> completions) {
  const std::int32_t root = append_root(batch, prompt);
  std::vector<std::size_t> sequences;
  for (const auto completion : completions) sequences.push_back(append(batch, completion, root));
  return sequences;
}

std::vector<std::size_t> append_completions(PackedTargets& packed, std::span<const text::TokenId> prompt,
                                            std::span<const std::span<const text::TokenId>> completions) {
  const std::int32_t root = append_root(packed.batch, prompt);
  const std::int32_t last_of_prompt = packed.batch.starts.back() - 1;
  std::vector<std::size_t> counts;
  for (const auto completion : completions) {
    const std::int32_t first = packed.batch.starts.back();
    if (root >= 0 && !completion.empty()) add_target(packed, last_of_prompt, completion.front());
    for (std::size_t i = 1; i < completion.size(); ++i) {
      add_target(packed, first + static_cast<std::int32_t>(i) - 1, completion[i]);
    }
    append(packed.batch, completion, root);
    counts.push_back(completion.size() - (root < 0 && !completion.empty() ? 1 : 0));
  }
  return counts;
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
  append_member(packed.batch, tokens, {});
}

std::size_t append_completion(PackedTargets& packed, std::span<const text::TokenId> prompt,
                              std::span<const text::TokenId> completion) {
  const auto first_row = static_cast<std::int32_t>(packed.batch.tokens.size() + prompt.size());
  const std::size_t first = prompt.empty() ? 1 : 0;  // without a past there is nothing to predict from
  for (std::size_t i = first; i < completion.size(); ++i) {
    add_target(packed, first_row + static_cast<std::int32_t>(i) - 1, completion[i]);
  }
  append_member(packed.batch, prompt, completion);
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
