#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/rope.cpp"
#include "engine/kernels/targets.hpp"
// clang-format off
#include "engine/kernels/simd-inl.hpp"
// clang-format on

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <type_traits>

#include "engine/kernels/parallel.hpp"
#include "engine/kernels/rope.hpp"

HWY_BEFORE_NAMESPACE();
namespace preceptor::engine::HWY_NAMESPACE {
namespace {

// Turns the heads of one row by direction * angle; half: head_dim / 2
template <class Real>
void rotate_row(Real* x, const float* cosine, const float* sine, std::size_t heads, std::size_t half,
                float direction) {
  const Vector sign = hn::Set(Lanes(), direction);
  for (std::size_t head = 0; head < heads; ++head, x += 2 * half) {
    for_each_vector(half, [&](auto loader, auto storer) HWY_ATTR {
      const Vector a = loader(x), b = loader(x + half);
      const Vector c = loader(cosine), s = hn::Mul(sign, loader(sine));
      storer(hn::NegMulAdd(b, s, hn::Mul(a, c)), x);
      storer(hn::MulAdd(a, s, hn::Mul(b, c)), x + half);
    });
  }
}

void rotate_fp32(float* x, const float* cosine, const float* sine, std::size_t heads, std::size_t half,
                 float direction) {
  rotate_row(x, cosine, sine, heads, half, direction);
}
void rotate_bf16(Bf16* x, const float* cosine, const float* sine, std::size_t heads, std::size_t half,
                 float direction) {
  rotate_row(x, cosine, sine, heads, half, direction);
}

}  // namespace
}  // namespace preceptor::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace preceptor::engine {

HWY_EXPORT(rotate_fp32);
HWY_EXPORT(rotate_bf16);

namespace {

constexpr std::size_t rows_per_block = 8;

template <class Real>
void rotate(std::span<Real> x, std::span<const std::int32_t> positions, std::int32_t heads,
            std::int32_t stride, const RopeTable& table, float direction) {
  const auto half = static_cast<std::size_t>(table.head_dim / 2);
  parallel_blocks(positions.size(), rows_per_block, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const std::size_t angle = static_cast<std::size_t>(positions[row]) * half;
      Real* first = &x[row * static_cast<std::size_t>(stride)];
      const auto count = static_cast<std::size_t>(heads);
      if constexpr (std::is_same_v<Real, float>) {
        HWY_DYNAMIC_DISPATCH(rotate_fp32)
        (first, &table.cosine[angle], &table.sine[angle], count, half, direction);
      } else {
        HWY_DYNAMIC_DISPATCH(rotate_bf16)
        (first, &table.cosine[angle], &table.sine[angle], count, half, direction);
      }
    }
  });
}

// Llama 3.1: frequencies whose wave is longer than the original context are divided by the factor.
double llama3_frequency(double frequency, const RopeScaling& scaling) {
  const double turns = scaling.original_context_length * frequency / (2 * std::numbers::pi);
  const double low = scaling.low_frequency_factor;
  const double high = scaling.high_frequency_factor;
  const double kept = std::clamp((turns - low) / (high - low), 0.0, 1.0);
  return (1 - kept) * frequency / scaling.factor + kept * frequency;
}

}  // namespace

std::vector<double> rope_frequencies(std::int32_t head_dim, float theta, const RopeScaling& scaling) {
  std::vector<double> frequencies;
  for (std::int32_t i = 0; i < head_dim / 2; ++i) {
    double frequency = std::pow(static_cast<double>(theta), -2.0 * i / head_dim);
    if (scaling.kind == RopeScaling::linear) frequency /= scaling.factor;
    if (scaling.kind == RopeScaling::llama3) frequency = llama3_frequency(frequency, scaling);
    frequencies.push_back(frequency);
  }
  return frequencies;
}

RopeTable rope_table(std::int32_t positions, std::span<const double> frequencies) {
  RopeTable table{.head_dim = static_cast<std::int32_t>(2 * frequencies.size()), .cosine = {}, .sine = {}};
  table.cosine.reserve(static_cast<std::size_t>(positions) * frequencies.size());
  table.sine.reserve(table.cosine.capacity());
  for (std::int32_t position = 0; position < positions; ++position) {
    for (const double frequency : frequencies) {
      const double angle = position * frequency;
      table.cosine.push_back(static_cast<float>(std::cos(angle)));
      table.sine.push_back(static_cast<float>(std::sin(angle)));
    }
  }
  return table;
}

template <class Real>
void rope_forward(std::span<Real> x, std::span<const std::int32_t> positions, std::int32_t heads,
                  std::int32_t stride, const RopeTable& table) {
  rotate(x, positions, heads, stride, table, 1.0F);
}

template <class Real>
void rope_backward(std::span<Real> d_x, std::span<const std::int32_t> positions, std::int32_t heads,
                   std::int32_t stride, const RopeTable& table) {
  rotate(d_x, positions, heads, stride, table, -1.0F);
}

template void rope_forward<float>(std::span<float>, std::span<const std::int32_t>, std::int32_t, std::int32_t,
                                  const RopeTable&);
template void rope_forward<Bf16>(std::span<Bf16>, std::span<const std::int32_t>, std::int32_t, std::int32_t,
                                 const RopeTable&);
template void rope_backward<float>(std::span<float>, std::span<const std::int32_t>, std::int32_t,
                                   std::int32_t, const RopeTable&);
template void rope_backward<Bf16>(std::span<Bf16>, std::span<const std::int32_t>, std::int32_t, std::int32_t,
                                  const RopeTable&);

}  // namespace preceptor::engine
#endif
