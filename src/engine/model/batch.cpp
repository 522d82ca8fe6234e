#include "engine/model/batch.hpp"

#include <algorithm>
#include <string>

namespace preceptor::engine {

namespace {

[[noreturn]] void reject(std::string message) { throw Failure(ErrorKind::invalid, std::move(message)); }

void check_starts(const PackedBatch& batch) {
  const auto& starts = batch.starts;
  if (starts.size() < 2 || starts.front() != 0 ||
      static_cast<std::size_t>(starts.back()) != batch.tokens.size()) {
    reject("the offsets of a packed batch do not span its tokens");
  }
  for (std::size_t i = 1; i < starts.size(); ++i) {
    if (starts[i] <= starts[i - 1])
      reject("sequence " + std::to_string(i - 1) + " of a packed batch is empty");
  }
  if (batch.parents.empty()) return;
  if (batch.parents.size() + 1 != starts.size())
    reject("a packed batch names a parent for some sequences only");
  for (std::size_t i = 0; i < batch.parents.size(); ++i) {
    const std::int32_t parent = batch.parents[i];
    if (parent < 0) continue;
    if (static_cast<std::size_t>(parent) >= i || batch.parents[static_cast<std::size_t>(parent)] >= 0) {
      reject("sequence " + std::to_string(i) + " of a packed batch continues " + std::to_string(parent) +
             ", which is no root before it");
    }
  }
}

void check_length(std::size_t sequence, std::int64_t length, const ModelConfig& config) {
  if (length <= config.context_length_max) return;
  reject("sequence " + std::to_string(sequence) + " has " + std::to_string(length) +
         " tokens, the model's context " + std::to_string(config.context_length_max));
}

bool in_vocabulary(std::int32_t token, const ModelConfig& config) {
  return token >= 0 && token < config.vocabulary_size;
}

}  // namespace

void BatchRows::assign(const PackedBatch& batch, const ModelConfig& config) {
  check_starts(batch);
  for (const std::int32_t token : batch.tokens) {
    if (!in_vocabulary(token, config))
      reject("token " + std::to_string(token) + " is outside the vocabulary");
  }
  tokens = batch.tokens;
  starts = batch.starts;
  parents = batch.parents;
  positions.resize(tokens.size());
  longest = 0;
  const AttentionRows sequences = attention();
  for (std::size_t sequence = 0; sequence < sequences.sequences(); ++sequence) {
    const std::size_t before =
        sequences.is_root(sequence) ? 0 : sequences.length(sequences.root_of(sequence));
    const std::size_t length = before + sequences.length(sequence);
    check_length(sequence, static_cast<std::int64_t>(length), config);
    longest = std::max(longest, static_cast<std::int32_t>(length));
    for (std::size_t i = before; i < length; ++i) {
      positions[sequences.begin(sequence) + i - before] = static_cast<std::int32_t>(i);
    }
  }
}

void check_targets(std::span<const Target> targets, const PackedBatch& batch, const ModelConfig& config) {
  for (const Target& target : targets) {
    if (target.row < 0 || static_cast<std::size_t>(target.row) >= batch.tokens.size()) {
      reject("target row " + std::to_string(target.row) + " is outside the batch");
    }
    if (!in_vocabulary(target.token, config)) {
      reject("target token " + std::to_string(target.token) + " is outside the vocabulary");
    }
  }
}

}  // namespace preceptor::engine
