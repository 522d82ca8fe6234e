#pragma once

#include <cmath>
#include <cstddef>
#include <span>

namespace preceptor::engine {

// Plain loops for swiglu.hpp.
template <class T>
void swiglu_forward_reference(std::span<T> out, std::span<const T> gate_up, std::size_t width) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    const T* row = &gate_up[i / width * 2 * width];
    const T gate = row[i % width];
    out[i] = gate / (T(1) + std::exp(-gate)) * row[width + i % width];
  }
}

template <class T>
void swiglu_backward_reference(std::span<T> d_gate_up, std::span<const T> d_out, std::span<const T> gate_up,
                               std::size_t width) {
  for (std::size_t i = 0; i < d_out.size(); ++i) {
    const std::size_t gate_at = i / width * 2 * width + i % width;
    const T gate = gate_up[gate_at];
    const T sigmoid = T(1) / (T(1) + std::exp(-gate));
    d_gate_up[gate_at] = d_out[i] * gate_up[gate_at + width] * sigmoid * (T(1) + gate * (T(1) - sigmoid));
    d_gate_up[gate_at + width] = d_out[i] * gate * sigmoid;
  }
}

}  // namespace preceptor::engine
