// Training on a data set in a file, outside any workspace.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "loop/types.hpp"
#include "quality/estimate.hpp"

namespace preceptor::cli {

struct FileTrainingOptions {
  loop::Objective objective = loop::Objective::sft;
  std::string data;
  std::string model;
  std::string out;  // empty: measured and thrown away
  std::uint64_t seed = 1;
  double held_out = 0.1;
  std::int64_t limit = 0;
  std::vector<std::string> settings;      // NAME=VALUE
  std::vector<std::string> lora_targets;  // of lora_rank; none: every matrix of a layer
  int threads = 0;
  bool keep_good = false;
  bool shuffle_labels = false;
};

struct FileTrainingOutcome {
  std::int64_t examples = 0;
  std::int64_t examples_held_out = 0;
  std::int64_t too_long = 0;  // beyond the model's context: left out
  std::int64_t steps = 0;
  double loss = 0;
  double seconds = 0;
  std::string weights_sha256;           // empty without an out folder
  std::int64_t adapter_parameters = 0;  // 0: every weight learned
  // Of preferences: the share of held-out pairs in which the chosen answer scores higher (reward: by the
  // score; DPO: by the implicit reward against the start), 95 % interval clustered by prompt. Before: the
  // untrained reward head.
  std::optional<quality::Estimate> held_out_accuracy;
  std::optional<quality::Estimate> accuracy_before;
};

// Throws Failure: bad rows of the data with their lines, a model that cannot be read, settings that are
// unknown.
FileTrainingOutcome train_on_file(const FileTrainingOptions&, std::stop_token);

}  // namespace preceptor::cli
