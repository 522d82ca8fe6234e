#include "learning/losses/kahneman_tversky.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>

#include "learning/losses/stable_log.hpp"

namespace preceptor::learning {

std::vector<std::size_t> shifted_pairing(std::size_t batch) {
  assert(batch >= 2);
  std::vector<std::size_t> partner(batch);
  for (std::size_t i = 0; i < batch; ++i) partner[i] = (i + batch - 1) % batch;
  return partner;
}

double kto_reference_point(std::span<const double> shifted_log_ratios) {
  assert(!shifted_log_ratios.empty());
  const double sum = std::accumulate(shifted_log_ratios.begin(), shifted_log_ratios.end(), 0.0);
  return std::max(0.0, sum / static_cast<double>(shifted_log_ratios.size()));
}

KtoLoss kto_loss(std::span<const double> log_ratios, std::span<const bool> desirable, double reference_point,
                 const KtoOptions& options) {
  assert(log_ratios.size() == desirable.size() && !log_ratios.empty());
  const double count = static_cast<double>(log_ratios.size());
  KtoLoss result;
  for (std::size_t i = 0; i < log_ratios.size(); ++i) {
    const double sign = desirable[i] ? 1.0 : -1.0;
    const double weight = desirable[i] ? options.desirable_weight : options.undesirable_weight;
    const double won = sigmoid(sign * options.beta * (log_ratios[i] - reference_point));
    result.loss += weight * (1 - won) / count;
    result.d_log_ratios.push_back(-weight * sign * options.beta * won * (1 - won) / count);
  }
  return result;
}

}  // namespace preceptor::learning
