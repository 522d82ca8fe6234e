#pragma once

#include <span>

#include "base/result.hpp"
#include "engine/model/trainee.hpp"
#include "learning/examples.hpp"
#include "learning/losses/direct_preference.hpp"
#include "learning/training.hpp"

namespace preceptor::learning {

// Direct preference optimisation and its kin: losses/direct_preference.hpp, Σ w·ℓ / Σ w over the batch. The
// reference is the model as it was handed in: its log-probabilities are computed once, before the first step.
// Metrics: reward_chosen, reward_rejected (β × log-ratio), accuracy (a tie counts half), margin,
// logprob_chosen, logprob_rejected, chosen_logprob_change (mean log π − log π_ref of the chosen answers: it
// falls, which is expected and worth plotting).
Result<TrainingReport> dpo(const engine::Trainee& trainee, std::span<const PreferenceExample> examples,
                           const DpoOptions& dpo, const TrainingOptions& options,
                           const TrainingHooks& hooks = {});

}  // namespace preceptor::learning
