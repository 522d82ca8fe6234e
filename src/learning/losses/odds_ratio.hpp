#pragma once

namespace preceptor::learning {

struct OddsRatioLoss {
  double loss = 0;
  double d_chosen_mean = 0;  // by the mean token log-probability of the chosen answer
  double d_rejected_mean = 0;
};

// The preference term of ORPO (arXiv 2403.07691): −λ·log σ(log odds(chosen) − log odds(rejected)),
// log odds(p) = p − log(1 − exp p), on mean token log-probabilities. Finite for every answer: from p = −1e-6
// on the odds stay as they are and the derivative is 0. The likelihood term is likelihood_loss over the
// answer's tokens, or over prompt and answer as TRL has it: the caller chooses the weights.
OddsRatioLoss odds_ratio_loss(double chosen_mean, double rejected_mean, double lambda);

}  // namespace preceptor::learning
