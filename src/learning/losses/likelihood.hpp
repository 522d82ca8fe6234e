#pragma once

#include <span>
#include <vector>

namespace preceptor::learning {

// −Σ w·logprob / weight_sum. weight_sum is Σ w over the whole accumulated batch, of which logprobs may be one
// part: the parts' losses and derivatives add up to those of the whole, whatever the parts.
double likelihood_loss(std::span<const float> logprobs, std::span<const float> weights, double weight_sum);

// By each log-probability: −w / weight_sum, whatever its value.
std::vector<float> likelihood_derivatives(std::span<const float> weights, double weight_sum);

}  // namespace preceptor::learning
