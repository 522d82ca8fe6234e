// What a model thinks of given texts.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>

#include "engine/kernels/precision.hpp"

namespace preceptor::cli {

struct FileScoringOptions {
  std::filesystem::path model;
  std::filesystem::path data;
  engine::Precision precision = engine::Precision::fp32;
  int threads = 0;
  std::size_t batch_tokens = 4096;  // taken in at once; bounds memory
};

struct FileScoringReport {
  std::int64_t rows = 0;
  std::int64_t tokens = 0;
  double logprob = 0;  // summed over all tokens but the first of each row
  double reward = 0;   // summed over all rows
  bool rewards = false;
};

// Calls `row` for each row in order. A language model: {"row", "tokens": [ids], "logprobs": [null, …],
// "logprob": sum}, the log-probability of every token given those before it; the first has none before it. A
// reward model: {"row", "tokens": count, "reward"}. Conversations end with the turn-end token of their last
// message. Throws Failure for what read_given_texts refuses and rows that do not fit the model, before
// anything is scored.
FileScoringReport score_file(const FileScoringOptions& options,
                             const std::function<void(const nlohmann::json&)>& row);

}  // namespace preceptor::cli
