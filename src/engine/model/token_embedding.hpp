#pragma once

#include <cstdint>
#include <span>

#include "engine/kernels/precision.hpp"
#include "engine/model/model_weights.hpp"

namespace preceptor::engine {

// From tokens to the residual stream: rows of the embedding, scaled where the model says so, and learned
// positions where it has them.
class TokenEmbedding {
public:
  // In bf16 the scale is rounded, as transformers does.
  TokenEmbedding(const ModelConfig& config, const ModelSlices& slices, Precision precision);

  // out: (at least tokens, hidden); rows beyond the tokens become zero
  void forward(std::span<float> out, std::span<const std::int32_t> tokens,
               std::span<const std::int32_t> positions, const ModelWeights& weights) const;
  // values: a whole arena of Parameters
  void forward(std::span<float> out, std::span<const std::int32_t> tokens,
               std::span<const std::int32_t> positions, std::span<const float> values) const;

  // gradients: the whole arena; where it is empty the tables are frozen
  void backward(std::span<const float> d_out, std::span<const std::int32_t> tokens,
                std::span<const std::int32_t> positions, std::span<float> gradients) const;

private:
  void gather(std::span<float> out, std::span<const std::int32_t> tokens,
              std::span<const std::int32_t> positions, const HeldMatrix& table,
              const HeldMatrix& position_table) const;

  Slice table_;
  Slice position_table_;
  std::int32_t width_;
  float scale_;
};

}  // namespace preceptor::engine
