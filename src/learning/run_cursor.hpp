#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/model/trainee.hpp"
#include "engine/optimiser/adamw.hpp"
#include "learning/batch_order.hpp"
#include "learning/training.hpp"

namespace preceptor::learning {

// Where a run stands, kept in the cursor of its checkpoint.
struct RunCursor {
  std::int64_t step = 0;  // steps taken
  BatchPosition position;
  std::string fingerprint;
  std::vector<StepReport> history;
};

void save_run(const std::filesystem::path& folder, const engine::Trainee& trainee,
              const engine::AdamW& optimiser, const RunCursor& cursor);

// Refuses what load_checkpoint refuses; a checkpoint of another fingerprint is a conflict. Whatever it
// refuses, what learns stays as it was.
Result<RunCursor> load_run(const std::filesystem::path& folder, const std::string& fingerprint,
                           const engine::Trainee& trainee, engine::AdamW& optimiser);

}  // namespace preceptor::learning
