#pragma once

namespace preceptor::learning {

struct ScorePairLoss {
  double loss = 0;
  double d_chosen = 0;  // by the score of chosen
  double d_rejected = 0;
};

// With z = chosen − rejected − margin: −q·log σ(z) − (1 − q)·log σ(−z) + centring·(chosen + rejected)².
ScorePairLoss bradley_terry_loss(double chosen, double rejected, double probability, double margin,
                                 double centring);

}  // namespace preceptor::learning
