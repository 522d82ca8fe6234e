#pragma once

#include <cmath>
#include <cstddef>
#include <span>

namespace preceptor::engine {

// Plain loops for rmsnorm.hpp, in the type given (double for finite differences).
template <class T>
void rmsnorm_forward_reference(std::span<T> out, std::span<T> scale, std::span<const T> x,
                               std::span<const T> gain, T epsilon) {
  const std::size_t width = gain.size();
  for (std::size_t row = 0; row < scale.size(); ++row) {
    T squares = 0;
    for (std::size_t i = 0; i < width; ++i) squares += x[row * width + i] * x[row * width + i];
    scale[row] = T(1) / std::sqrt(squares / static_cast<T>(width) + epsilon);
    for (std::size_t i = 0; i < width; ++i) out[row * width + i] = x[row * width + i] * scale[row] * gain[i];
  }
}

template <class T>
void rmsnorm_backward_reference(std::span<T> d_x, std::span<T> d_gain, std::span<const T> d_out,
                                std::span<const T> x, std::span<const T> gain, std::span<const T> scale) {
  const std::size_t width = gain.size();
  for (std::size_t row = 0; row < scale.size(); ++row) {
    const std::size_t at = row * width;
    T product = 0;
    for (std::size_t i = 0; i < width; ++i) product += d_out[at + i] * gain[i] * x[at + i];
    const T pull = product / static_cast<T>(width) * scale[row] * scale[row];
    for (std::size_t i = 0; i < width; ++i) {
      d_x[at + i] += scale[row] * (d_out[at + i] * gain[i] - x[at + i] * pull);
      d_gain[i] += d_out[at + i] * x[at + i] * scale[row];
    }
  }
}

}  // namespace preceptor::engine
