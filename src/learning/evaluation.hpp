#pragma once

#include <span>
#include <vector>

#include "base/result.hpp"
#include "engine/kernels/precision.hpp"
#include "engine/model/trainee.hpp"
#include "learning/examples.hpp"

namespace preceptor::learning {

// Per-item values; whoever calls makes intervals of them, clustered as the data is. All refuse (invalid)
// items that do not fit the model.
struct EvaluationOptions {
  engine::Precision precision = engine::Precision::bf16;
  int threads = 0;
  std::int64_t microbatch_tokens = 4096;
};

// One score per sequence. trainee: label_count 1.
Result<std::vector<double>> reward_scores(const engine::Trainee& trainee,
                                          std::span<const std::vector<text::TokenId>> sequences,
                                          const EvaluationOptions& options = {});

struct PairScores {
  double chosen = 0;
  double rejected = 0;
  double right() const { return chosen > rejected ? 1.0 : chosen < rejected ? 0.0 : 0.5; }
};

// Reward-model scores of both answers of each pair: the mean of right() is the held-out accuracy.
Result<std::vector<PairScores>> pair_scores(const engine::Trainee& reward_model,
                                            std::span<const PreferenceExample> pairs,
                                            const EvaluationOptions& options = {});

// Summed log-probabilities of both answers. β × (policy − reference) is DPO's implicit reward.
Result<std::vector<PairScores>> pair_logprobs(const engine::Trainee& trainee,
                                              std::span<const PreferenceExample> pairs,
                                              const EvaluationOptions& options = {});

struct WeightedLogprob {
  double logprob = 0;  // Σ w·log-probability over the tokens
  double weight = 0;   // Σ w
};

// By example, over token weights alone (the example's weight stays out).
Result<std::vector<WeightedLogprob>> token_logprobs(const engine::Trainee& trainee,
                                                    std::span<const TokenExample> examples,
                                                    const EvaluationOptions& options = {});

// exp(−Σ logprob / Σ weight)
double perplexity(std::span<const WeightedLogprob> values);

// log π(y|x) − log π_ref(y|x) summed over each completion. Their mean over completions that the policy
// sampled estimates KL(π‖π_ref) per sequence, in nats.
Result<std::vector<double>> log_ratios(const engine::Trainee& policy, const engine::Trainee& reference,
                                       std::span<const CompletionExample> completions,
                                       const EvaluationOptions& options = {});

}  // namespace preceptor::learning
