#pragma once

#include <cmath>
#include <cstddef>
#include <span>

namespace preceptor::engine {

// Plain loops for layernorm.hpp, in the type given (double for finite differences).
template <class T>
void layernorm_forward_reference(std::span<T> out, std::span<T> mean, std::span<T> scale,
                                 std::span<const T> x, std::span<const T> gain, std::span<const T> bias,
                                 T epsilon) {
  const std::size_t width = gain.size();
  for (std::size_t row = 0; row < scale.size(); ++row) {
    const std::size_t at = row * width;
    T sum = 0;
    for (std::size_t i = 0; i < width; ++i) sum += x[at + i];
    mean[row] = sum / static_cast<T>(width);
    T squares = 0;
    for (std::size_t i = 0; i < width; ++i) squares += (x[at + i] - mean[row]) * (x[at + i] - mean[row]);
    scale[row] = T(1) / std::sqrt(squares / static_cast<T>(width) + epsilon);
    for (std::size_t i = 0; i < width; ++i)
      out[at + i] = (x[at + i] - mean[row]) * scale[row] * gain[i] + bias[i];
  }
}

template <class T>
void layernorm_backward_reference(std::span<T> d_x, std::span<T> d_gain, std::span<T> d_bias,
                                  std::span<const T> d_out, std::span<const T> x, std::span<const T> gain,
                                  std::span<const T> mean, std::span<const T> scale) {
  const std::size_t width = gain.size();
  for (std::size_t row = 0; row < scale.size(); ++row) {
    const std::size_t at = row * width;
    T sum = 0, product = 0;
    for (std::size_t i = 0; i < width; ++i) {
      const T centred = (x[at + i] - mean[row]) * scale[row];
      sum += d_out[at + i] * gain[i];
      product += d_out[at + i] * gain[i] * centred;
      d_gain[i] += d_out[at + i] * centred;
      d_bias[i] += d_out[at + i];
    }
    for (std::size_t i = 0; i < width; ++i) {
      const T centred = (x[at + i] - mean[row]) * scale[row];
      d_x[at + i] +=
          scale[row] * (d_out[at + i] * gain[i] - (sum + centred * product) / static_cast<T>(width));
    }
  }
}

}  // namespace preceptor::engine
