#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/layernorm.cpp"
#include "engine/kernels/targets.hpp"
// clang-format off
#include "engine/kernels/simd-inl.hpp"
// clang-format on

#include <cmath>
#include <type_traits>
#include <vector>

#include "engine/kernels/layernorm.hpp"
#include "engine/kernels/parallel.hpp"

#ifndef PRECEPTOR_ENGINE_KERNELS_LAYERNORM_ROW
#define PRECEPTOR_ENGINE_KERNELS_LAYERNORM_ROW
namespace preceptor::engine {

// The kernels of one target and type, each over one row.
template <class Real>
struct LayernormRow {
  void (*forward)(Real* out, float* mean, float* scale, const float* x, const LayernormWeights& weights,
                  float epsilon);
  void (*residual)(Real* out, float* x_out, float* mean, float* scale, const float* x, const Real* delta,
                   const LayernormWeights& weights, float epsilon);
  void (*backward)(float* d_x, Real* d_x_rounded, float* d_gain, float* d_bias, const Real* d_out,
                   const float* x, const LayernormWeights& weights, float mean, float scale);
};

}  // namespace preceptor::engine
#endif

HWY_BEFORE_NAMESPACE();
namespace preceptor::engine::HWY_NAMESPACE {
namespace {

template <class Real>
void forward_row(Real* out, float* mean, float* scale, const float* x, const LayernormWeights& weights,
                 float epsilon) {
  const Lanes d;
  const std::size_t width = weights.gain.size();
  Vector sum = hn::Zero(d);
  for_each_vector(width, [&](auto loader, auto) HWY_ATTR { sum = hn::Add(sum, loader(x)); });
  *mean = hn::GetLane(hn::SumOfLanes(d, sum)) / static_cast<float>(width);
  const Vector centre = hn::Set(d, *mean);
  const std::size_t whole = width / hn::Lanes(d) * hn::Lanes(d);
  Vector squares = hn::Zero(d);
  for_each_vector(whole, [&](auto loader, auto) HWY_ATTR {
    const Vector value = hn::Sub(loader(x), centre);
    squares = hn::MulAdd(value, value, squares);
  });
  float square_sum = hn::GetLane(hn::SumOfLanes(d, squares));
  for (std::size_t i = whole; i < width; ++i) square_sum += (x[i] - *mean) * (x[i] - *mean);
  const float variance = square_sum / static_cast<float>(width);
  *scale = 1.0F / std::sqrt(variance + epsilon);
  const Vector factor = hn::Set(d, *scale);
  for_each_vector(width, [&](auto loader, auto storer) HWY_ATTR {
    const Vector centred = hn::Mul(hn::Sub(loader(x), centre), factor);
    storer(hn::MulAdd(centred, loader(weights.gain.data()), loader(weights.bias.data())), out);
  });
}

template <class Real>
void residual_row(Real* out, float* x_out, float* mean, float* scale, const float* x, const Real* delta,
                  const LayernormWeights& weights, float epsilon) {
  for_each_vector(weights.gain.size(), [&](auto loader, auto storer)
                                           HWY_ATTR { storer(hn::Add(loader(x), loader(delta)), x_out); });
  forward_row(out, mean, scale, x_out, weights, epsilon);
}

// d_x += scale * (gain * d_out - mean(gain * d_out) - centred * mean(gain * d_out * centred))
template <class Real>
void backward_row(float* d_x, Real* d_x_rounded, float* d_gain, float* d_bias, const Real* d_out,
                  const float* x, const LayernormWeights& weights, float mean, float scale) {
  const Lanes d;
  const std::size_t width = weights.gain.size();
  const float* gain = weights.gain.data();
  const Vector centre = hn::Set(d, mean);
  const Vector factor = hn::Set(d, scale);
  Vector sum = hn::Zero(d);
  Vector products = hn::Zero(d);
  for_each_vector(width, [&](auto loader, auto storer) HWY_ATTR {
    const Vector centred = hn::Mul(hn::Sub(loader(x), centre), factor);
    const Vector d_value = loader(d_out);
    const Vector d_centred = hn::Mul(d_value, loader(gain));
    sum = hn::Add(sum, d_centred);
    products = hn::MulAdd(d_centred, centred, products);
    storer(hn::MulAdd(d_value, centred, loader(d_gain)), d_gain);
    storer(hn::Add(d_value, loader(d_bias)), d_bias);
  });
  const Vector shift = hn::Set(d, hn::GetLane(hn::SumOfLanes(d, sum)) / static_cast<float>(width));
  const Vector pull = hn::Set(d, hn::GetLane(hn::SumOfLanes(d, products)) / static_cast<float>(width));
  for_each_vector(width, [&](auto loader, auto storer) HWY_ATTR {
    const Vector centred = hn::Mul(hn::Sub(loader(x), centre), factor);
    const Vector straight = hn::Sub(hn::Mul(loader(d_out), loader(gain)), shift);
    const Vector total = hn::MulAdd(hn::NegMulAdd(centred, pull, straight), factor, loader(d_x));
    storer(total, d_x);
    storer(total, d_x_rounded);
  });
}

template <class Real>
LayernormRow<Real> row() {
  return {&forward_row<Real>, &residual_row<Real>, &backward_row<Real>};
}
LayernormRow<float> row_fp32() { return row<float>(); }
LayernormRow<Bf16> row_bf16() { return row<Bf16>(); }

}  // namespace
}  // namespace preceptor::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace preceptor::engine {

HWY_EXPORT(row_fp32);
HWY_EXPORT(row_bf16);

namespace {

template <class Real>
LayernormRow<Real> chosen_row() {
  if constexpr (std::is_same_v<Real, float>) {
    return HWY_DYNAMIC_DISPATCH(row_fp32)();
  } else {
    return HWY_DYNAMIC_DISPATCH(row_bf16)();
  }
}

constexpr std::size_t rows_per_block = 64;

// Calls work(block, row, the row's first element).
template <class Work>
void each_row(std::size_t rows, std::size_t width, const Work& work) {
  parallel_blocks(rows, rows_per_block, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) work(begin / rows_per_block, row, row * width);
  });
}

}  // namespace

template <class Real>
void layernorm_forward(std::span<Real> out, const LayernormStatistics& statistics, std::span<const float> x,
                       const LayernormWeights& weights, float epsilon) {
  const auto kernel = chosen_row<Real>().forward;
  each_row(statistics.scale.size(), weights.gain.size(), [&](std::size_t, std::size_t row, std::size_t at) {
    kernel(&out[at], &statistics.mean[row], &statistics.scale[row], &x[at], weights, epsilon);
  });
}

template <class Real>
void residual_layernorm_forward(std::span<Real> out, std::span<float> x_out,
                                const LayernormStatistics& statistics, std::span<const float> x,
                                std::span<const Real> delta, const LayernormWeights& weights, float epsilon) {
  const auto kernel = chosen_row<Real>().residual;
  each_row(statistics.scale.size(), weights.gain.size(), [&](std::size_t, std::size_t row, std::size_t at) {
    kernel(&out[at], &x_out[at], &statistics.mean[row], &statistics.scale[row], &x[at], &delta[at], weights,
           epsilon);
  });
}

template <class Real>
void layernorm_backward(std::span<float> d_x, std::span<Real> d_x_rounded,
                        const LayernormGradients& gradients, std::span<const Real> d_out,
                        std::span<const float> x, const LayernormWeights& weights,
                        const LayernormStatistics& statistics) {
  const auto kernel = chosen_row<Real>().backward;
  const std::size_t width = weights.gain.size();
  const std::size_t rows = statistics.scale.size();
  const std::size_t blocks = (rows + rows_per_block - 1) / rows_per_block;
  // Partial sums per block of rows, added in order: the bits do not depend on the threads.
  thread_local std::vector<float> kept;
  kept.assign(2 * blocks * width, 0.0F);
  const std::span<float> partial = kept;
  each_row(rows, width, [&](std::size_t block, std::size_t row, std::size_t at) {
    float* d_gain = &partial[2 * block * width];
    kernel(&d_x[at], &d_x_rounded[at], d_gain, d_gain + width, &d_out[at], &x[at], weights,
           statistics.mean[row], statistics.scale[row]);
  });
  for (std::size_t block = 0; block < blocks; ++block) {
    for (std::size_t i = 0; i < width; ++i) {
      gradients.gain[i] += partial[2 * block * width + i];
      gradients.bias[i] += partial[(2 * block + 1) * width + i];
    }
  }
}

template void layernorm_forward<float>(std::span<float>, const LayernormStatistics&, std::span<const float>,
                                       const LayernormWeights&, float);
template void layernorm_forward<Bf16>(std::span<Bf16>, const LayernormStatistics&, std::span<const float>,
                                      const LayernormWeights&, float);
template void residual_layernorm_forward<float>(std::span<float>, std::span<float>,
                                                const LayernormStatistics&, std::span<const float>,
                                                std::span<const float>, const LayernormWeights&, float);
template void residual_layernorm_forward<Bf16>(std::span<Bf16>, std::span<float>, const LayernormStatistics&,
                                               std::span<const float>, std::span<const Bf16>,
                                               const LayernormWeights&, float);
template void layernorm_backward<float>(std::span<float>, std::span<float>, const LayernormGradients&,
                                        std::span<const float>, std::span<const float>,
                                        const LayernormWeights&, const LayernormStatistics&);
template void layernorm_backward<Bf16>(std::span<float>, std::span<Bf16>, const LayernormGradients&,
                                       std::span<const Bf16>, std::span<const float>, const LayernormWeights&,
                                       const LayernormStatistics&);

}  // namespace preceptor::engine
#endif
