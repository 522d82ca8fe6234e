#include "learning/losses/direct_preference.hpp"

#include <algorithm>

#include "learning/losses/stable_log.hpp"

namespace preceptor::learning {
namespace {

struct Curve {
  double value = 0;
  double slope = 0;
};

// ℓ(Δ)
Curve loss_of_lead(double delta, const DpoOptions& options) {
  const double beta = options.beta;
  if (options.loss == DpoLoss::ipo || options.loss == DpoLoss::ipo_sum) {
    const double off = delta - 1 / (2 * beta);
    return {off * off, 2 * off};
  }
  const double z = beta * delta;
  const double kept = -log_sigmoid(z);
  const double d_kept = sigmoid(z) - 1;
  const double flipped = -log_sigmoid(-z);
  const double d_flipped = sigmoid(z);
  const double e = options.label_smoothing;
  if (options.loss == DpoLoss::robust) {
    const double scale = 1 - 2 * e;
    return {((1 - e) * kept - e * flipped) / scale, beta * ((1 - e) * d_kept - e * d_flipped) / scale};
  }
  return {(1 - e) * kept + e * flipped, beta * ((1 - e) * d_kept + e * d_flipped)};
}

}  // namespace

PairLoss direct_preference_loss(const PairLogprobs& pair, double probability, const DpoOptions& options) {
  const bool per_token = options.loss == DpoLoss::ipo || options.loss == DpoLoss::sigmoid_mean;
  const auto divisor = [&](std::int64_t tokens) {
    return per_token ? static_cast<double>(std::max<std::int64_t>(tokens, 1)) : 1.0;
  };
  const double chosen_divisor = divisor(pair.chosen_tokens);
  const double rejected_divisor = divisor(pair.rejected_tokens);
  const double delta = (pair.chosen - pair.reference_chosen) / chosen_divisor -
                       (pair.rejected - pair.reference_rejected) / rejected_divisor;
  const Curve as_labelled = loss_of_lead(delta, options);
  const Curve swapped = loss_of_lead(-delta, options);
  const double slope = probability * as_labelled.slope - (1 - probability) * swapped.slope;
  return {.loss = probability * as_labelled.value + (1 - probability) * swapped.value,
          .d_chosen = slope / chosen_divisor,
          .d_rejected = -slope / rejected_divisor};
}

}  // namespace preceptor::learning
