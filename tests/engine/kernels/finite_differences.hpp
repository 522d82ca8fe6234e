#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/random.hpp"
#include "engine/kernels/precision.hpp"

namespace preceptor::engine::test {

inline std::vector<double> random_values(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> values(count);
  for (double& value : values) value = random.normal();
  return values;
}

inline std::vector<float> as_floats(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

inline std::vector<Bf16> as_bf16(const std::vector<float>& values) {
  std::vector<Bf16> rounded;
  for (const float value : values) rounded.push_back(to_bf16(value));
  return rounded;
}

inline std::vector<float> as_floats(const std::vector<Bf16>& values) {
  std::vector<float> widened;
  for (const Bf16 value : values) widened.push_back(to_float(value));
  return widened;
}

// Largest |a - b| over (1 + |b|); infinite for different sizes or a NaN.
template <class A, class B>
double largest_difference(const A& a, const B& b) {
  if (a.size() != b.size()) return INFINITY;
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = std::abs(double(a[i]) - double(b[i])) / (1 + std::abs(double(b[i])));
    if (std::isnan(difference)) return INFINITY;
    largest = std::max(largest, difference);
  }
  return largest;
}

inline double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// d loss / d x by central differences; loss reads x.
inline std::vector<double> numeric_gradient(std::vector<double>& x, const std::function<double()>& loss) {
  constexpr double step = 1e-5;
  std::vector<double> gradient;
  for (double& value : x) {
    const double before = value;
    value = before + step;
    const double above = loss();
    value = before - step;
    gradient.push_back((above - loss()) / (2 * step));
    value = before;
  }
  return gradient;
}

}  // namespace preceptor::engine::test
