#pragma once

#include <span>

#include "base/result.hpp"
#include "engine/model/trainee.hpp"
#include "learning/examples.hpp"
#include "learning/training.hpp"

namespace preceptor::learning {

// Supervised fine-tuning: L = Σ w·NLL / Σ w over all tokens of the whole accumulated batch, with
// w = token weight × example weight. Metrics: perplexity.
Result<TrainingReport> sft(const engine::Trainee& trainee, std::span<const TokenExample> examples,
                           const TrainingOptions& options, const TrainingHooks& hooks = {});

}  // namespace preceptor::learning
