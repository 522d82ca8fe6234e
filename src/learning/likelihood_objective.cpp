#include "learning/likelihood_objective.hpp"

#include <cmath>
#include <utility>

#include "learning/fingerprint.hpp"
#include "learning/losses/likelihood.hpp"
#include "learning/packing.hpp"

namespace preceptor::learning {

double LikelihoodUnit::weight_sum() const {
  double sum = 0;
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    sum += static_cast<double>((token_weights.empty() ? 1.0F : token_weights[i]) * weight);
  }
  return sum;
}

LikelihoodObjective::LikelihoodObjective(std::vector<LikelihoodUnit> units) : units_(std::move(units)) {
  for (const LikelihoodUnit& unit : units_) weights_.push_back(unit.weight_sum());
}

std::int64_t LikelihoodObjective::tokens(std::size_t unit) const {
  return static_cast<std::int64_t>(units_[unit].tokens.size());
}

void LikelihoodObjective::accumulate(engine::Network& network, std::span<const std::size_t> units,
                                     double batch_weight, BatchTotals& totals) {
  PackedTargets packed;
  for (const std::size_t index : units) {
    const LikelihoodUnit& unit = units_[index];
    append_sequence(packed, unit.tokens, unit.token_weights, unit.weight);
  }
  const auto logprobs = network.accumulate_logprobs(packed.batch, packed.targets,
                                                    likelihood_derivatives(packed.weights, batch_weight));
  totals.loss += likelihood_loss(logprobs, packed.weights, batch_weight);
}

void LikelihoodObjective::finish(BatchTotals& totals) const {
  totals.metrics["perplexity"] = std::exp(totals.loss);
}

void LikelihoodObjective::describe(Sha256& hash) const {
  hash.add("likelihood;");
  for (const LikelihoodUnit& unit : units_) {
    add_numbers(hash, unit.tokens);
    add_numbers(hash, unit.token_weights);
    add_numbers(hash, std::span<const float>(&unit.weight, 1));
  }
}

}  // namespace preceptor::learning
