#include "learning/losses/odds_ratio.hpp"

#include <cmath>

#include "learning/losses/stable_log.hpp"

namespace preceptor::learning {
namespace {

// Beyond this the model is as good as certain: fp32 log-probabilities are 0 there and the odds infinite.
constexpr double certain = -1e-6;

struct LogOdds {
  double value = 0;
  double slope = 0;
};

LogOdds log_odds(double p) {
  if (p >= certain) return {certain - log1m_exp(certain), 0.0};
  return {p - log1m_exp(p), -1.0 / std::expm1(p)};
}

}  // namespace

OddsRatioLoss odds_ratio_loss(double chosen_mean, double rejected_mean, double lambda) {
  const LogOdds chosen = log_odds(chosen_mean);
  const LogOdds rejected = log_odds(rejected_mean);
  const double lead = chosen.value - rejected.value;
  const double slope = lambda * (sigmoid(lead) - 1);
  return {.loss = -lambda * log_sigmoid(lead),
          .d_chosen_mean = slope * chosen.slope,
          .d_rejected_mean = -slope * rejected.slope};
}

}  // namespace preceptor::learning
