#pragma once

#include <cstdint>
#include <span>

#include "engine/kernels/precision.hpp"
#include "engine/parameters.hpp"

namespace preceptor::engine {

// From tokens to the residual stream: rows of the embedding, scaled where the model says so, and learned
// positions where it has them. values and gradients are whole arenas.
class TokenEmbedding {
public:
  // In bf16 the scale is rounded, as transformers does.
  TokenEmbedding(const ModelConfig& config, const ModelSlices& slices, Precision precision);

  // out: (at least tokens, hidden); rows beyond the tokens become zero
  void forward(std::span<float> out, std::span<const std::int32_t> tokens,
               std::span<const std::int32_t> positions, std::span<const float> values) const;

  void backward(std::span<const float> d_out, std::span<const std::int32_t> tokens,
                std::span<const std::int32_t> positions, std::span<float> gradients) const;

private:
  Slice table_;
  Slice position_table_;
  std::int32_t width_;
  float scale_;
};

}  // namespace preceptor::engine
