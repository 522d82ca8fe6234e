#pragma once

#include <span>
#include <vector>

namespace preceptor::learning {

struct LikelihoodLoss {
  double loss = 0;
  std::vector<double> d_logprobs;
};

// −Σ w·logprob / weight_sum. weight_sum is Σ w over the whole accumulated batch, of which logprobs may be one
// part: the parts' losses and derivatives add up to those of the whole, whatever the parts.
LikelihoodLoss likelihood_loss(std::span<const float> logprobs, std::span<const float> weights,
                               double weight_sum);

}  // namespace preceptor::learning
