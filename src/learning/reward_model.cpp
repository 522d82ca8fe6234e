#include "learning/reward_model.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include "base/format.hpp"
#include "learning/losses/bradley_terry.hpp"
#include "learning/packing.hpp"
#include "learning/pair_units.hpp"
#include "learning/training_run.hpp"

namespace preceptor::learning {
namespace {

class RewardObjective : public Objective {
public:
  RewardObjective(PairUnits units, const RewardOptions& options)
      : units_(std::move(units)), options_(options) {}

  std::size_t unit_count() const override { return units_.pairs.size(); }
  std::int64_t tokens(std::size_t unit) const override { return PairUnits::tokens(*units_.pairs[unit]); }
  double weight(std::size_t unit) const override { return units_.pairs[unit]->weight; }

  void accumulate(engine::Network& network, std::span<const std::size_t> units, double batch_weight,
                  BatchTotals& totals) override {
    engine::PackedBatch batch{.tokens = {}, .starts = {0}, .parents = {}};
    std::vector<std::size_t> answers;  // sequences of chosen and rejected, in turn
    for (const std::size_t unit : units) {
      const PreferenceExample& pair = *units_.pairs[unit];
      const std::span<const text::TokenId> both[] = {pair.chosen, pair.rejected};
      for (const std::size_t sequence : append_members(batch, pair.prompt, both)) answers.push_back(sequence);
    }
    const auto scores = network.forward_scores(batch);
    std::vector<float> d_scores(scores.size());
    for (std::size_t i = 0; i < units.size(); ++i) {
      const PreferenceExample& pair = *units_.pairs[units[i]];
      const double chosen = scores[answers[2 * i]];
      const double rejected = scores[answers[2 * i + 1]];
      const double share = pair.weight / batch_weight;
      const auto loss =
          bradley_terry_loss(chosen, rejected, pair.probability, pair.margin, options_.centring);
      d_scores[answers[2 * i]] = static_cast<float>(share * loss.d_chosen);
      d_scores[answers[2 * i + 1]] = static_cast<float>(share * loss.d_rejected);
      totals.loss += share * loss.loss;
      totals.metrics["accuracy"] += share * (chosen > rejected ? 1.0 : chosen < rejected ? 0.0 : 0.5);
      totals.metrics["margin"] += share * (chosen - rejected);
      totals.metrics["reward_chosen"] += share * chosen;
      totals.metrics["reward_rejected"] += share * rejected;
    }
    network.backward_scores(d_scores);
  }

  void describe(Sha256& hash) const override {
    hash.add(format("reward {};", options_.centring));
    units_.describe(hash);
  }

private:
  PairUnits units_;
  RewardOptions options_;
};

}  // namespace

engine::ModelConfig reward_config_from(const engine::ModelConfig& base) {
  engine::ModelConfig config = base;
  assert(config.label_count == 0);
  config.label_count = 1;
  config.architecture = engine::classifier_architecture(config);
  if (config.pad_id < 0 && !config.eos_ids.empty()) config.pad_id = config.eos_ids.front();
  return config;
}

engine::Parameters reward_model_from(const engine::Parameters& base, Random& random) {
  const engine::ModelConfig config = reward_config_from(base.config());
  engine::Parameters model(config);
  const float deviation = 1.0F / std::sqrt(static_cast<float>(config.hidden_size) + 1.0F);
  for (const auto& tensor : model.list()) {
    const auto to = model.tensor(tensor.name);
    if (const auto from = base.tensor(tensor.name); !from.empty()) {
      std::ranges::copy(from, to.begin());
    } else {
      for (float& value : to) value = deviation * static_cast<float>(random.normal());
    }
  }
  return model;
}

Result<TrainingReport> train_reward(const engine::Trainee& trainee,
                                    std::span<const PreferenceExample> examples, const RewardOptions& reward,
                                    const TrainingOptions& options, const TrainingHooks& hooks) {
  if (trainee.config().label_count != 1) {
    return refuse(ErrorKind::invalid, "a reward model has one label, this model has another head",
                  "make one from a language model first");
  }
  if (!(reward.centring >= 0) || !std::isfinite(reward.centring)) {
    return refuse(ErrorKind::invalid, "the centring should be 0 or above");
  }
  auto units = pair_units(trainee.config(), examples);
  if (!units) return tl::unexpected(units.error());
  const std::int64_t left_out = units->left_out;
  RewardObjective objective(std::move(*units), reward);
  return run_training(trainee, objective, options, hooks, left_out);
}

}  // namespace preceptor::learning
