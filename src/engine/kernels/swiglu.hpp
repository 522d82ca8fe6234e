#pragma once

#include <cstdint>
#include <span>

#include "engine/kernels/precision.hpp"

namespace preceptor::engine {

// out = silu(gate) * up (arXiv 2002.05202).
// out: (rows, width)   gate_up: (rows, 2 * width), gate columns first
template <class Real>
void swiglu_forward(std::span<Real> out, std::span<const Real> gate_up, std::int32_t width);

// Overwrites d_gate_up.
template <class Real>
void swiglu_backward(std::span<Real> d_gate_up, std::span<const Real> d_out, std::span<const Real> gate_up,
                     std::int32_t width);

}  // namespace preceptor::engine
