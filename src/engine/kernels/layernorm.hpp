#pragma once

#include <span>

#include "engine/kernels/precision.hpp"

namespace preceptor::engine {

// What a row was centred and scaled by. mean, scale: (rows)
struct LayernormStatistics {
  std::span<float> mean;
  std::span<float> scale;
};

struct LayernormWeights {
  std::span<const float> gain;  // (width)
  std::span<const float> bias;  // (width)
};

struct LayernormGradients {
  std::span<float> gain;
  std::span<float> bias;
};

// out = (x - mean) * scale * gain + bias with scale = 1 / sqrt(variance + epsilon), per row (arXiv
// 1607.06450). out, x: (rows, width)
template <class Real>
void layernorm_forward(std::span<Real> out, const LayernormStatistics& statistics, std::span<const float> x,
                       const LayernormWeights& weights, float epsilon);

// x_out = x + delta, out = layernorm(x_out). x_out may be x.
template <class Real>
void residual_layernorm_forward(std::span<Real> out, std::span<float> x_out,
                                const LayernormStatistics& statistics, std::span<const float> x,
                                std::span<const Real> delta, const LayernormWeights& weights, float epsilon);

// Adds into d_x and gradients; d_x_rounded receives the sum d_x.
template <class Real>
void layernorm_backward(std::span<float> d_x, std::span<Real> d_x_rounded,
                        const LayernormGradients& gradients, std::span<const Real> d_out,
                        std::span<const float> x, const LayernormWeights& weights,
                        const LayernormStatistics& statistics);

}  // namespace preceptor::engine
