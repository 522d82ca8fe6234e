#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace preceptor::engine {

// Plain loops for rope.hpp; direction -1 is the backward.
template <class T>
void rope_reference(std::span<T> x, std::span<const std::int32_t> positions, std::size_t heads,
                    std::size_t stride, std::size_t head_dim, T theta, T direction) {
  for (std::size_t row = 0; row < positions.size(); ++row) {
    for (std::size_t head = 0; head < heads; ++head) {
      for (std::size_t i = 0; i < head_dim / 2; ++i) {
        const T angle =
            positions[row] * std::pow(theta, T(-2) * static_cast<T>(i) / static_cast<T>(head_dim));
        T& a = x[row * stride + head * head_dim + i];
        T& b = x[row * stride + head * head_dim + i + head_dim / 2];
        const T rotated = a * std::cos(angle) - direction * b * std::sin(angle);
        b = b * std::cos(angle) + direction * a * std::sin(angle);
        a = rotated;
      }
    }
  }
}

}  // namespace preceptor::engine
