#pragma once

#include "base/result.hpp"
#include "engine/model/trainee.hpp"
#include "learning/objective.hpp"
#include "learning/training.hpp"

namespace preceptor::learning {

Result<void> check(const TrainingOptions& options);

// The loop that all objectives share: batches in order, micro-batches by token budget, one AdamW step per
// batch, reports, checkpoints, resumption. examples_left_out only passes through to the report.
Result<TrainingReport> run_training(const engine::Trainee& trainee, Objective& objective,
                                    const TrainingOptions& options, const TrainingHooks& hooks,
                                    std::int64_t examples_left_out);

}  // namespace preceptor::learning
