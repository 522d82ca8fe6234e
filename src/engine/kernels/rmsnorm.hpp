#pragma once

#include <span>

#include "engine/kernels/precision.hpp"

namespace preceptor::engine {

// out = x * scale * (gain_offset + gain) with scale = 1 / sqrt(mean(x²) + epsilon), per row (arXiv
// 1910.07467). gain_offset is 1 for models that store the difference of the gain from one.
// out, x: (rows, width)   gain: (width)   scale: (rows), kept for backward
template <class Real>
void rmsnorm_forward(std::span<Real> out, std::span<float> scale, std::span<const float> x,
                     std::span<const float> gain, float epsilon, float gain_offset = 0.0F);

// x_out = x + delta, out = rmsnorm(x_out): the residual addition before a norm, in one pass. x_out may be x.
// x_out, x, delta, out: (rows, width)
template <class Real>
void residual_rmsnorm_forward(std::span<Real> out, std::span<float> x_out, std::span<float> scale,
                              std::span<const float> x, std::span<const Real> delta,
                              std::span<const float> gain, float epsilon, float gain_offset = 0.0F);

// out = x + delta: the last residual addition, which no layer's norm follows.
template <class Real>
void add_residual(std::span<float> out, std::span<const float> x, std::span<const Real> delta);

// x -= delta
template <class Real>
void subtract_residual(std::span<float> x, std::span<const Real> delta);

// Adds into d_x and d_gain; d_x_rounded receives the sum d_x for the matrix products that follow.
// d_x, d_x_rounded, d_out, x: (rows, width)   gain, d_gain: (width)   scale: (rows)
template <class Real>
void rmsnorm_backward(std::span<float> d_x, std::span<Real> d_x_rounded, std::span<float> d_gain,
                      std::span<const Real> d_out, std::span<const float> x, std::span<const float> gain,
                      std::span<const float> scale, float gain_offset = 0.0F);

}  // namespace preceptor::engine
