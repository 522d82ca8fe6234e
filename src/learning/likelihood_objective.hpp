#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "learning/objective.hpp"
#include "text/tokenizer.hpp"

namespace preceptor::learning {

// Borrowed: the lists must outlive the objective.
struct LikelihoodUnit {
  std::span<const text::TokenId> tokens;
  std::span<const float> token_weights;  // empty: ones
  float weight = 1.0F;

  double weight_sum() const;  // of all tokens that are predicted, times weight
};

// Weighted maximum likelihood: pre-training and supervised fine-tuning.
class LikelihoodObjective : public Objective {
public:
  explicit LikelihoodObjective(std::vector<LikelihoodUnit> units);

  std::size_t unit_count() const override { return units_.size(); }
  std::int64_t tokens(std::size_t unit) const override;
  double weight(std::size_t unit) const override { return weights_[unit]; }
  void accumulate(engine::Network& network, std::span<const std::size_t> units, double batch_weight,
                  BatchTotals& totals) override;
  void finish(BatchTotals& totals) const override;
  void describe(Sha256& hash) const override;

private:
  std::vector<LikelihoodUnit> units_;
  std::vector<double> weights_;
};

}  // namespace preceptor::learning
