#include "engine/model/score_head.hpp"

#include <algorithm>

#include "engine/kernels/embedding.hpp"

namespace preceptor::engine {

ScoreHead::ScoreHead(const ModelWeights& weights)
    : weights_(weights), config_(weights.config()), slices_(weights.slices()), norm_(config_) {}

void ScoreHead::forward(ScoreActivations& activations, std::span<const float> residual,
                        std::span<const std::int32_t> starts) {
  if (slices_.score.count == 0) {
    throw Failure(ErrorKind::unsupported, "this model predicts tokens and has no score head");
  }
  const auto hidden = static_cast<std::size_t>(config_.hidden_size);
  const auto labels = static_cast<std::size_t>(config_.label_count);
  const std::size_t sequences = starts.size() - 1;
  activations.rows.resize(sequences);
  for (std::size_t i = 0; i < sequences; ++i) activations.rows[i] = starts[i + 1] - 1;
  activations.gathered.resize(sequences * hidden);
  activations.normed.resize(sequences * hidden);
  activations.scale.resize(sequences);
  activations.mean.resize(sequences);
  activations.scores.resize(sequences * labels);
  gather_rows(activations.gathered, residual, activations.rows, config_.hidden_size);
  norm_.forward<float>(activations.normed, {activations.scale, activations.mean}, activations.gathered,
                       slices_.final_norm, weights_.vectors());
  const std::span<const float> weight = weights_.score(slices_.score);
  for (std::size_t i = 0; i < sequences * labels; ++i) {
    const float* row = &activations.normed[i / labels * hidden];
    const float* column = &weight[i % labels * hidden];
    float sum = 0;
    for (std::size_t k = 0; k < hidden; ++k) sum += row[k] * column[k];
    activations.scores[i] = sum;
  }
}

void ScoreHead::backward(ScoreActivations& activations, std::span<const float> d_scores,
                         std::span<float> d_residual, const Gradients& gradients) {
  const auto hidden = static_cast<std::size_t>(config_.hidden_size);
  const auto labels = static_cast<std::size_t>(config_.label_count);
  const std::span<const float> weight = weights_.score(slices_.score);
  const std::span<float> d_weight = gradients.frozen() ? weights_.adapter()->score().of(gradients.adapter)
                                                       : slices_.score.of(gradients.vectors);
  std::vector<float> d_normed(activations.normed.size(), 0.0F);
  for (std::size_t i = 0; i < d_scores.size(); ++i) {
    const std::size_t row = i / labels * hidden;
    const std::size_t column = i % labels * hidden;
    for (std::size_t k = 0; k < hidden; ++k) {
      d_normed[row + k] += d_scores[i] * weight[column + k];
      d_weight[column + k] += d_scores[i] * activations.normed[row + k];
    }
  }
  std::vector<float> d_gathered(d_normed.size(), 0.0F);
  std::vector<float> d_rounded(d_normed.size());
  norm_.backward<float>(d_gathered, d_rounded, d_normed, activations.gathered,
                        {activations.scale, activations.mean}, slices_.final_norm, weights_.vectors(),
                        gradients.vectors);
  scatter_rows(d_residual, d_gathered, activations.rows, config_.hidden_size);
}

}  // namespace preceptor::engine
