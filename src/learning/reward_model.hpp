#pragma once

#include <span>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"
#include "engine/model/trainee.hpp"
#include "learning/examples.hpp"
#include "learning/training.hpp"

namespace preceptor::learning {

struct RewardOptions {
  double centring = 0.01;  // λ of λ·(r_chosen + r_rejected)² (arXiv 2312.09244); 0: scores float freely
};

// A model with one score in place of the language head: the body of base, the head drawn from
// Normal(0, 1 / √(hidden + 1)). When base has no padding id, its first end-of-sequence id becomes one, which
// exports need; training and scoring never look at it: the score is read at a sequence's last row.
engine::ModelConfig reward_config_from(const engine::ModelConfig& base);
engine::Parameters reward_model_from(const engine::Parameters& base, Random& random);

// Bradley–Terry with centring, margins, soft labels and weights: losses/bradley_terry.hpp. The mean over the
// batch is Σ w·ℓ / Σ w. trainee: label_count 1. Metrics: accuracy (score of chosen above rejected, a tie
// counts half), margin, reward_chosen, reward_rejected.
Result<TrainingReport> train_reward(const engine::Trainee& trainee,
                                    std::span<const PreferenceExample> examples, const RewardOptions& reward,
                                    const TrainingOptions& options, const TrainingHooks& hooks = {});

}  // namespace preceptor::learning
