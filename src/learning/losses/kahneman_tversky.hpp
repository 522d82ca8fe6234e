#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace preceptor::learning {

struct KtoOptions {
  double beta = 0.1;
  double desirable_weight = 1.0;    // λ_d
  double undesirable_weight = 1.0;  // λ_u
};

// For each example the one whose completion is paired with its prompt to estimate the KL: the previous one,
// cyclically over the whole batch, odd or even; never itself. Needs a batch of at least 2 (asserted).
std::vector<std::size_t> shifted_pairing(std::size_t batch);

// z₀ = max(0, mean of log π(y′|x) − log ref(y′|x) over the shifted pairs); a constant for the derivative.
double kto_reference_point(std::span<const double> shifted_log_ratios);

struct KtoLoss {
  double loss = 0;  // mean over the batch
  std::vector<double> d_log_ratios;
};

// KTO (arXiv 2402.01306): λ_d·(1 − σ(β(Δ − z₀))) for desirable, λ_u·(1 − σ(β(z₀ − Δ))) for undesirable
// completions, with Δ = log π − log ref summed over the completion.
KtoLoss kto_loss(std::span<const double> log_ratios, std::span<const bool> desirable, double reference_point,
                 const KtoOptions& options);

}  // namespace preceptor::learning
