#include "learning/losses/likelihood.hpp"

#include <cassert>
#include <cstddef>

namespace preceptor::learning {

LikelihoodLoss likelihood_loss(std::span<const float> logprobs, std::span<const float> weights,
                               double weight_sum) {
  assert(logprobs.size() == weights.size() && weight_sum > 0);
  LikelihoodLoss result;
  result.d_logprobs.reserve(logprobs.size());
  double sum = 0;
  for (std::size_t i = 0; i < logprobs.size(); ++i) {
    sum += static_cast<double>(weights[i]) * logprobs[i];
    result.d_logprobs.push_back(-weights[i] / weight_sum);
  }
  result.loss = -sum / weight_sum;
  return result;
}

}  // namespace preceptor::learning
