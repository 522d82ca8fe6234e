#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/kernels/linear.hpp"
#include "engine/model/arena.hpp"
#include "engine/model/model_weights.hpp"
#include "engine/model/network.hpp"
#include "engine/model/norm.hpp"

namespace preceptor::engine {

// What one forward of the head leaves for its backward. Rows are the targets, padded.
template <class Real>
struct HeadActivations {
  Arena arena;
  std::size_t count = 0;             // targets
  std::vector<std::int32_t> rows;    // (count): row of the batch
  std::vector<std::int32_t> tokens;  // (padded)
  std::span<float> gathered;         // (padded, hidden): residual stream at the targets
  NormStatistics statistics;
  std::span<Real> normed;     // (padded, hidden)
  std::span<float> logprobs;  // (padded)
  std::span<float> log_sums;  // (padded)
  std::span<float> logits;    // (chunk rows, vocabulary): the chunk last computed
  bool whole = false;         // one chunk holds all targets, so that backward finds its logits there

  std::size_t padded() const { return tokens.size(); }
};

// Bytes that a training takes in the head.
struct HeadMemory {
  std::size_t packed = 0;
  std::size_t activations = 0;
  std::size_t logits = 0;
};

// Final norm and language head on the rows that carry targets, a bounded chunk of logits at a time.
template <class Real>
class LanguageHead {
public:
  explicit LanguageHead(const ModelWeights& weights);

  void weights_changed() { forward_packed_ = backward_packed_ = false; }

  // Leaves logprobs of the targets. residual: (rows, hidden)
  void forward(HeadActivations<Real>& activations, std::span<const float> residual,
               std::span<const Target> targets);

  // Adds into d_residual at the targets' rows and into gradients. d_logprobs: one per target
  void backward(HeadActivations<Real>& activations, std::span<const float> d_logprobs,
                std::span<float> d_residual, const Gradients& gradients);

  // Both at once, for derivatives that are known beforehand: no logits are computed twice.
  void forward_backward(HeadActivations<Real>& activations, std::span<const float> residual,
                        std::span<const Target> targets, std::span<const float> d_logprobs,
                        std::span<float> d_residual, const Gradients& gradients);

  // When every one of so many rows, padded, carries a target. Nothing for a model without a head.
  HeadMemory memory(std::size_t rows) const;

  // (rows, vocabulary) for the given rows of the batch.
  std::vector<float> logits(std::span<const float> residual, std::span<const std::int32_t> rows);

private:
  struct Scratch {
    Arena arena;
    std::span<float> d_logprobs, d_gathered;
    std::span<Real> d_logits, d_normed;
  };

  std::size_t chunk_rows(std::size_t padded) const;
  void gather(HeadActivations<Real>& activations, std::span<const float> residual);
  void gather_targets(HeadActivations<Real>& activations, std::span<const float> residual,
                      std::span<const Target> targets);
  void take_scratch(const HeadActivations<Real>& activations, std::span<const float> d_logprobs);
  void chunk_logprobs(HeadActivations<Real>& activations, std::size_t first, std::size_t rows);
  void chunk_backward(HeadActivations<Real>& activations, std::size_t first, std::size_t rows,
                      const Gradients& gradients);
  void finish_backward(HeadActivations<Real>& activations, std::span<float> d_residual,
                       const Gradients& gradients);
  void chunk_logits(HeadActivations<Real>& activations, std::size_t first, std::size_t rows);
  void pack_for_forward();
  void pack_for_backward();

  ModelWeights weights_;
  ModelConfig config_;
  ModelSlices slices_;
  Norm norm_;
  std::optional<Linear<Real>> linear_;  // made when first used: a reward model never does
  Scratch scratch_;
  bool forward_packed_ = false;
  bool backward_packed_ = false;
};

}  // namespace preceptor::engine
