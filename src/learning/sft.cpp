#include "learning/sft.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "base/format.hpp"
#include "learning/likelihood_objective.hpp"
#include "learning/packing.hpp"
#include "learning/training_run.hpp"

namespace preceptor::learning {
namespace {

bool is_weight(float weight) { return std::isfinite(weight) && weight >= 0; }

Result<void> check_example(const engine::ModelConfig& config, const TokenExample& example,
                           std::size_t index) {
  const std::string what = format("example {}", index);
  if (example.token_weights.size() != example.tokens.size()) {
    return refuse(ErrorKind::invalid, "has another number of weights than of tokens", {}, what);
  }
  if (!is_weight(example.weight) || !std::ranges::all_of(example.token_weights, is_weight)) {
    return refuse(ErrorKind::invalid, "has a weight that is negative or not finite", {}, what);
  }
  return check_sequence(config, example.tokens, {}, what);
}

}  // namespace

Result<TrainingReport> sft(const engine::Trainee& trainee, std::span<const TokenExample> examples,
                           const TrainingOptions& options, const TrainingHooks& hooks) {
  std::vector<LikelihoodUnit> units;
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const TokenExample& example = examples[i];
    if (auto good = check_example(trainee.config(), example, i); !good) return tl::unexpected(good.error());
    const LikelihoodUnit unit{example.tokens, example.token_weights, example.weight};
    if (unit.weight_sum() > 0) units.push_back(unit);
  }
  const auto left_out = static_cast<std::int64_t>(examples.size() - units.size());
  LikelihoodObjective objective(std::move(units));
  return run_training(trainee, objective, options, hooks, left_out);
}

}  // namespace preceptor::learning
