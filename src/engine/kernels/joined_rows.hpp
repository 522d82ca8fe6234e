#pragma once

#include <span>

#include "engine/kernels/precision.hpp"

namespace preceptor::engine {

// Two matrices side by side: out: (rows, left_width + right_width)   left: (rows, left_width)   right: (rows,
// right_width)
template <class Real>
void join_rows(std::span<Real> out, std::span<const Real> left, std::span<const Real> right,
               std::size_t rows);

}  // namespace preceptor::engine
