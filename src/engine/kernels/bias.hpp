#pragma once

#include <span>

#include "engine/kernels/precision.hpp"

namespace preceptor::engine {

// Adds the bias to every row of x. x: (rows, width)   bias: (width)
void add_bias(std::span<float> x, std::span<const float> bias);

// Adds the sum over the rows of d_out into d_bias; the bits do not depend on the threads.
// d_bias: (width)   d_out: (rows, width)
template <class Real>
void bias_backward(std::span<float> d_bias, std::span<const Real> d_out);

}  // namespace preceptor::engine
