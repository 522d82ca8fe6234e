#pragma once

#include <cstdint>

namespace preceptor::learning {

// sigmoid: DPO (arXiv 2305.18290), cDPO with label_smoothing. sigmoid_mean: the same on log-probabilities per
// token (Tülu 3). robust: arXiv 2403.00409, label_smoothing < 0.5. ipo: arXiv 2310.12036, on log-ratios
// averaged over the tokens of each answer, so that β does not depend on length (as in TRL); ipo_sum: on their
// sums. β does not carry over from one to the other.
enum class DpoLoss { sigmoid, sigmoid_mean, robust, ipo, ipo_sum };

struct DpoOptions {
  DpoLoss loss = DpoLoss::sigmoid;
  double beta = 0.1;
  double label_smoothing =
      0.0;  // ε: the share of labels believed to be flipped; sigmoid, sigmoid_mean and robust
};

// Sums of log-probabilities over the tokens of each answer, under the model and under the reference.
struct PairLogprobs {
  double chosen = 0;
  double rejected = 0;
  double reference_chosen = 0;
  double reference_rejected = 0;
  std::int64_t chosen_tokens = 0;
  std::int64_t rejected_tokens = 0;
};

struct PairLoss {
  double loss = 0;
  double d_chosen = 0;  // by the summed log-probability of chosen
  double d_rejected = 0;
};

// ℓ(Δ) with Δ = (log π − log ref)_chosen − (log π − log ref)_rejected; a soft label q gives q·ℓ(Δ) + (1 −
// q)·ℓ(−Δ). Finite for every finite input; an empty answer counts as one token where lengths divide.
PairLoss direct_preference_loss(const PairLogprobs& pair, double probability, const DpoOptions& options);

}  // namespace preceptor::learning
