#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>

#include "engine/config.hpp"

namespace preceptor::engine {

// Plain loops for activation.hpp.
template <class T>
T activation_reference(T x, Activation activation) {
  if (activation == Activation::silu) return x / (T(1) + std::exp(-x));
  const T inner = std::sqrt(T(2) / std::numbers::pi_v<T>) * (x + T(0.044715) * x * x * x);
  return x * (T(1) + std::tanh(inner)) / T(2);
}

template <class T>
T activation_slope_reference(T x, Activation activation) {
  if (activation == Activation::silu) {
    const T sigmoid = T(1) / (T(1) + std::exp(-x));
    return sigmoid * (T(1) + x * (T(1) - sigmoid));
  }
  const T factor = std::sqrt(T(2) / std::numbers::pi_v<T>);
  const T tanh = std::tanh(factor * (x + T(0.044715) * x * x * x));
  return (T(1) + tanh) / T(2) + x * (T(1) - tanh * tanh) / T(2) * factor * (T(1) + T(3 * 0.044715) * x * x);
}

template <class T>
void gated_forward_reference(std::span<T> out, std::span<const T> gate_up, std::size_t width,
                             Activation activation) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    const T* row = &gate_up[i / width * 2 * width];
    out[i] = activation_reference(row[i % width], activation) * row[width + i % width];
  }
}

template <class T>
void gated_backward_reference(std::span<T> d_gate_up, std::span<const T> d_out, std::span<const T> gate_up,
                              std::size_t width, Activation activation) {
  for (std::size_t i = 0; i < d_out.size(); ++i) {
    const std::size_t gate_at = i / width * 2 * width + i % width;
    const T gate = gate_up[gate_at];
    d_gate_up[gate_at] = d_out[i] * gate_up[gate_at + width] * activation_slope_reference(gate, activation);
    d_gate_up[gate_at + width] = d_out[i] * activation_reference(gate, activation);
  }
}

}  // namespace preceptor::engine
