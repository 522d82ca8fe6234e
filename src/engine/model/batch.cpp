#include "engine/model/batch.hpp"

#include <algorithm>
#include <string>

namespace preceptor::engine {

namespace {

[[noreturn]] void reject(std::string message) { throw Failure(ErrorKind::invalid, std::move(message)); }

void check_starts(const PackedBatch& batch, const ModelConfig& config) {
  const auto& starts = batch.starts;
  if (starts.size() < 2 || starts.front() != 0 ||
      static_cast<std::size_t>(starts.back()) != batch.tokens.size()) {
    reject("the offsets of a packed batch do not span its tokens");
  }
  for (std::size_t i = 1; i < starts.size(); ++i) {
    const std::int64_t length = std::int64_t{starts[i]} - starts[i - 1];
    if (length <= 0) reject("sequence " + std::to_string(i - 1) + " of a packed batch is empty");
    if (length > config.context_length_max) {
      reject("sequence " + std::to_string(i - 1) + " has " + std::to_string(length) +
             " tokens, the model's context " + std::to_string(config.context_length_max));
    }
  }
}

bool in_vocabulary(std::int32_t token, const ModelConfig& config) {
  return token >= 0 && token < config.vocabulary_size;
}

}  // namespace

void BatchRows::assign(const PackedBatch& batch, const ModelConfig& config) {
  check_starts(batch, config);
  for (const std::int32_t token : batch.tokens) {
    if (!in_vocabulary(token, config))
      reject("token " + std::to_string(token) + " is outside the vocabulary");
  }
  tokens = batch.tokens;
  starts = batch.starts;
  positions.resize(tokens.size());
  longest = 0;
  for (std::size_t sequence = 0; sequence + 1 < starts.size(); ++sequence) {
    const std::int32_t length = starts[sequence + 1] - starts[sequence];
    longest = std::max(longest, length);
    for (std::int32_t i = 0; i < length; ++i) positions[static_cast<std::size_t>(starts[sequence] + i)] = i;
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
