#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/model/model_weights.hpp"
#include "engine/model/norm.hpp"

namespace preceptor::engine {

// What one forward of the score head leaves for its backward. Rows are the sequences.
struct ScoreActivations {
  std::vector<std::int32_t> rows;  // (sequences): last row of each
  std::vector<float> gathered;     // (sequences, hidden)
  std::vector<float> scale;        // (sequences), of the norm
  std::vector<float> mean;         // (sequences), likewise
  std::vector<float> normed;       // (sequences, hidden)
  std::vector<float> scores;       // (sequences, labels)
};

// Final norm and score head of sequence classification, in fp32, at each sequence's last row.
class ScoreHead {
public:
  explicit ScoreHead(const ModelWeights& weights);

  // residual: (rows, hidden)   starts: sequences + 1 offsets
  void forward(ScoreActivations& activations, std::span<const float> residual,
               std::span<const std::int32_t> starts);

  // Adds into d_residual at the last rows and into gradients. d_scores: (sequences, labels)
  void backward(ScoreActivations& activations, std::span<const float> d_scores, std::span<float> d_residual,
                const Gradients& gradients);

private:
  ModelWeights weights_;
  ModelConfig config_;
  ModelSlices slices_;
  Norm norm_;
};

}  // namespace preceptor::engine
