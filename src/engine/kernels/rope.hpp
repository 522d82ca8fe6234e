#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/config.hpp"
#include "engine/kernels/precision.hpp"

namespace preceptor::engine {

// Angle per position of each pair, (head_dim / 2): theta^(-2i / head_dim), changed as the scaling says.
std::vector<double> rope_frequencies(std::int32_t head_dim, float theta, const RopeScaling& scaling);

// Angles of rotary position embedding (arXiv 2104.09864) for positions 0 … positions-1.
// cosine, sine: (positions, head_dim / 2)
struct RopeTable {
  std::int32_t head_dim = 0;
  std::vector<float> cosine;
  std::vector<float> sine;
};
RopeTable rope_table(std::int32_t positions, std::span<const double> frequencies);

// Rotates in place, pairing element i with i + head_dim / 2 as Hugging Face does.
// x: (rows, stride), of which the first heads * head_dim columns are rotated   positions: (rows)
template <class Real>
void rope_forward(std::span<Real> x, std::span<const std::int32_t> positions, std::int32_t heads,
                  std::int32_t stride, const RopeTable& table);

// Rotates the gradient back, in place.
template <class Real>
void rope_backward(std::span<Real> d_x, std::span<const std::int32_t> positions, std::int32_t heads,
                   std::int32_t stride, const RopeTable& table);

}  // namespace preceptor::engine
