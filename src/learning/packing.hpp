#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/config.hpp"
#include "engine/model/network.hpp"
#include "text/tokenizer.hpp"

namespace preceptor::learning {

// Sequences laid end to end for one pass through the network, with the tokens whose log-probabilities are
// wanted.
struct PackedTargets {
  engine::PackedBatch batch{.tokens = {}, .starts = {0}, .parents = {}};
  std::vector<engine::Target> targets;
  std::vector<float> weights;  // one per target
};

// Adds a sequence with a target for every token but the first whose weight is not 0; scale multiplies the
// weights. An empty token_weights stands for ones.
void append_sequence(PackedTargets& packed, std::span<const text::TokenId> tokens,
                     std::span<const float> token_weights, float scale);

// Adds prompt + completion as one sequence with a target of weight 1 for every token of the completion (the
// first included: it is predicted by the prompt's last row). Returns how many targets that made.
std::size_t append_completion(PackedTargets& packed, std::span<const text::TokenId> prompt,
                              std::span<const text::TokenId> completion);

// Adds a prompt once and its completions behind it, with targets as append_completion has them. Returns how
// many targets each completion made.
std::vector<std::size_t> append_completions(PackedTargets& packed, std::span<const text::TokenId> prompt,
                                            std::span<const std::span<const text::TokenId>> completions);

// Adds prompt + completion without targets.
void append_member(engine::PackedBatch& batch, std::span<const text::TokenId> prompt,
                   std::span<const text::TokenId> completion);

// Adds a prompt once and its completions behind it. Returns the sequence of each completion.
std::vector<std::size_t> append_members(engine::PackedBatch& batch, std::span<const text::TokenId> prompt,
                                        std::span<const std::span<const text::TokenId>> completions);

// Parts units, in their order, so that the tokens of each part stay within the budget; a unit beyond it is a
// part of its own. Every unit is in exactly one part.
std::vector<std::span<const std::size_t>> microbatches(
    std::span<const std::size_t> units, const std::function<std::int64_t(std::size_t)>& tokens_of,
    std::int64_t tokens_max);

// Refuses (invalid) an empty sequence, one beyond the context, and ids outside the vocabulary. `what` names
// it.
Result<void> check_sequence(const engine::ModelConfig& config, std::span<const text::TokenId> prompt,
                            std::span<const text::TokenId> completion, const std::string& what);

}  // namespace preceptor::learning
