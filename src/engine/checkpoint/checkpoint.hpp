#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/random.hpp"
#include "base/result.hpp"
#include "engine/model/trainee.hpp"
#include "engine/optimiser/adamw.hpp"

// A training run on disk, exact to the bit: the fp32 weights that learn, both moments of AdamW, the step, the
// random state and whatever the trainer needs to find its place in the data.
namespace preceptor::engine {

struct TrainingState {
  std::int64_t step = 0;
  Random random{0};
  std::string cursor_json = "{}";  // the trainer's own; any JSON, kept byte for byte
};

// Written beside `folder`, brought to disk, then put in place in one step: whenever the
// process or the machine dies, or the disk is full, `folder` is the last good checkpoint or this one. Throws
// Failure (out_of_space, internal).
void save_checkpoint(const std::filesystem::path& folder, const Trainee& trainee, const AdamW& optimiser,
                     const TrainingState& state);

// Fills what learns and the optimiser, which must have the configuration and options of the run. Refuses a
// folder that is missing, truncated, altered (checksums), or of another model, adapter or optimiser; trainee
// and optimiser are then as they were.
Result<TrainingState> load_checkpoint(const std::filesystem::path& folder, const Trainee& trainee,
                                      AdamW& optimiser);

// The small part alone, without reading any weights.
Result<TrainingState> read_training_state(const std::filesystem::path& folder);

}  // namespace preceptor::engine
