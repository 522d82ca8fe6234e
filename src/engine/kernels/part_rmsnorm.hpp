#pragma once

#include <cstdint>
#include <span>

#include "engine/kernels/precision.hpp"

namespace preceptor::engine {

// Rows of which the first parts * width columns are normed, each part on its own with the same gain: the
// heads of queries or of keys, or one part for what a branch gives to the residual stream.
struct PartRows {
  std::int32_t parts = 1;
  std::int32_t x_step = 0;    // from row to row of x
  std::int32_t out_step = 0;  // and of out, or of its gradient
};

// As rmsnorm_forward for every part. out may be x. gain: (width)   scale: (rows, parts), kept for backward
template <class Real>
void part_rmsnorm_forward(std::span<Real> out, std::span<float> scale, std::span<const Real> x,
                          const PartRows& rows, std::span<const float> gain, float epsilon,
                          float gain_offset = 0.0F);

// Overwrites the normed columns of d_x, which has the layout of d_out and may be it; adds into d_gain.
template <class Real>
void part_rmsnorm_backward(std::span<Real> d_x, std::span<float> d_gain, std::span<const Real> d_out,
                           std::span<const Real> x, const PartRows& rows, std::span<const float> gain,
                           std::span<const float> scale, float gain_offset = 0.0F);

}  // namespace preceptor::engine
