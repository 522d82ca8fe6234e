#include "learning/losses/bradley_terry.hpp"

#include "learning/losses/stable_log.hpp"

namespace preceptor::learning {

ScorePairLoss bradley_terry_loss(double chosen, double rejected, double probability, double margin,
                                 double centring) {
  const double z = chosen - rejected - margin;
  const double sum = chosen + rejected;
  const double d_z = sigmoid(z) - probability;
  const double d_sum = 2 * centring * sum;
  return {.loss = -probability * log_sigmoid(z) - (1 - probability) * log_sigmoid(-z) + centring * sum * sum,
          .d_chosen = d_z + d_sum,
          .d_rejected = -d_z + d_sum};
}

}  // namespace preceptor::learning
