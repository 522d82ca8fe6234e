#include "learning/losses/likelihood.hpp"

#include <cassert>
#include <cstddef>

namespace preceptor::learning {

double likelihood_loss(std::span<const float> logprobs, std::span<const float> weights, double weight_sum) {
  assert(logprobs.size() == weights.size() && weight_sum > 0);
  double sum = 0;
  for (std::size_t i = 0; i < logprobs.size(); ++i) sum += static_cast<double>(weights[i]) * logprobs[i];
  return -sum / weight_sum;
}

std::vector<float> likelihood_derivatives(std::span<const float> weights, double weight_sum) {
  std::vector<float> derivatives;
  derivatives.reserve(weights.size());
  for (const float weight : weights) derivatives.push_back(static_cast<float>(-weight / weight_sum));
  return derivatives;
}

}  // namespace preceptor::learning
