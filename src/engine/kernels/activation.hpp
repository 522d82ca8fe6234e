#pragma once

#include <cstdint>
#include <span>

#include "engine/config.hpp"
#include "engine/kernels/precision.hpp"

namespace preceptor::engine {

// silu: x * sigmoid(x). gelu_tanh: x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x³))) / 2 (arXiv 1606.08415),
// which transformers calls gelu_new and gelu_pytorch_tanh.

// out = activation(gate) * up (arXiv 2002.05202).
// out: (rows, width)   gate_up: (rows, 2 * width), gate columns first
template <class Real>
void gated_forward(std::span<Real> out, std::span<const Real> gate_up, std::int32_t width,
                   Activation activation);

// Overwrites d_gate_up, and out with what the forward left there: whoever wants both reads gate_up once.
template <class Real>
void gated_backward(std::span<Real> out, std::span<Real> d_gate_up, std::span<const Real> d_out,
                    std::span<const Real> gate_up, std::int32_t width, Activation activation);

// out = activation(x), element by element.
template <class Real>
void activation_forward(std::span<Real> out, std::span<const Real> x, Activation activation);

// Overwrites d_x, and out likewise.
template <class Real>
void activation_backward(std::span<Real> out, std::span<Real> d_x, std::span<const Real> d_out,
                         std::span<const Real> x, Activation activation);

}  // namespace preceptor::engine
