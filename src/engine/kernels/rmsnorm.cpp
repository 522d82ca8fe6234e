#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/rmsnorm.cpp"
#include "engine/kernels/targets.hpp"
// clang-format off
#include "engine/kernels/rmsnorm-inl.hpp"
// clang-format on

#include <vector>

#include "engine/kernels/parallel.hpp"
#include "engine/kernels/rmsnorm.hpp"

#ifndef PRECEPTOR_ENGINE_KERNELS_RMSNORM_ROWS
#define PRECEPTOR_ENGINE_KERNELS_RMSNORM_ROWS
namespace preceptor::engine {

// The kernels of one target and type, each over consecutive rows on one thread.
template <class Real>
struct RmsnormRows {
  void (*forward)(Real* out, float* scale, const float* x, const float* gain, std::size_t rows,
                  std::size_t width, float epsilon, float gain_offset);
  void (*residual)(Real* out, float* x_out, float* scale, const float* x, const Real* delta,
                   const float* gain, std::size_t rows, std::size_t width, float epsilon, float gain_offset);
  void (*backward)(float* d_x, Real* d_x_rounded, float* d_gain, const Real* d_out, const float* x,
                   const float* gain, const float* scale, std::size_t rows, std::size_t width,
                   float gain_offset);
  void (*add)(float* out, const float* x, const Real* delta, std::size_t count);
  void (*subtract)(float* x, const Real* delta, std::size_t count);
};

}  // namespace preceptor::engine
#endif

HWY_BEFORE_NAMESPACE();
namespace preceptor::engine::HWY_NAMESPACE {
namespace {

template <class Real>
void forward_rows(Real* out, float* scale, const float* x, const float* gain, std::size_t rows,
                  std::size_t width, float epsilon, float gain_offset) {
  for (std::size_t row = 0; row < rows; ++row) {
    normalise_row(out + row * width, scale + row, x + row * width, {gain, gain_offset}, width, epsilon);
  }
}

template <class Real>
void residual_rows(Real* out, float* x_out, float* scale, const float* x, const Real* delta,
                   const float* gain, std::size_t rows, std::size_t width, float epsilon, float gain_offset) {
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t at = row * width;
    for_each_vector(width, [&](auto loader, auto storer)
                               HWY_ATTR { storer(hn::Add(loader(x + at), loader(delta + at)), x_out + at); });
    normalise_row(out + at, scale + row, x_out + at, {gain, gain_offset}, width, epsilon);
  }
}

template <class Real>
void subtract_all(float* x, const Real* delta, std::size_t count) {
  for_each_vector(count,
                  [&](auto loader, auto storer) HWY_ATTR { storer(hn::Sub(loader(x), loader(delta)), x); });
}

template <class Real>
void add_all(float* out, const float* x, const Real* delta, std::size_t count) {
  for_each_vector(count,
                  [&](auto loader, auto storer) HWY_ATTR { storer(hn::Add(loader(x), loader(delta)), out); });
}

template <class Real>
void backward_rows(float* d_x, Real* d_x_rounded, float* d_gain, const Real* d_out, const float* x,
                   const float* gain, const float* scale, std::size_t rows, std::size_t width,
                   float gain_offset) {
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t at = row * width;
    differentiate_row(d_gain, d_out + at, x + at, {gain, gain_offset}, scale[row], width,
                      [&](auto loader, auto storer, Vector inner, Vector factor) HWY_ATTR {
                        const Vector sum = hn::MulAdd(inner, factor, loader(d_x + at));
                        storer(sum, d_x + at);
                        storer(sum, d_x_rounded + at);
                      });
  }
}

template <class Real>
RmsnormRows<Real> rows() {
  return {&forward_rows<Real>, &residual_rows<Real>, &backward_rows<Real>, &add_all<Real>,
          &subtract_all<Real>};
}
RmsnormRows<float> rows_fp32() { return rows<float>(); }
RmsnormRows<Bf16> rows_bf16() { return rows<Bf16>(); }

}  // namespace
}  // namespace preceptor::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace preceptor::engine {

HWY_EXPORT(rows_fp32);
HWY_EXPORT(rows_bf16);

namespace {

template <class Real>
RmsnormRows<Real> chosen_rows() {
  if constexpr (std::is_same_v<Real, float>) {
    return HWY_DYNAMIC_DISPATCH(rows_fp32)();
  } else {
    return HWY_DYNAMIC_DISPATCH(rows_bf16)();
  }
}

constexpr std::size_t rows_per_block = 64;  // whose gradients are summed together
constexpr std::size_t forward_rows_per_block =
    8;  // nothing is summed: few rows of generation are shared out too

}  // namespace

template <class Real>
void rmsnorm_forward(std::span<Real> out, std::span<float> scale, std::span<const float> x,
                     std::span<const float> gain, float epsilon, float gain_offset) {
  const auto kernels = chosen_rows<Real>();
  const std::size_t width = gain.size();
  parallel_blocks(scale.size(), forward_rows_per_block, [&](std::size_t begin, std::size_t end) {
    kernels.forward(&out[begin * width], &scale[begin], &x[begin * width], gain.data(), end - begin, width,
                    epsilon, gain_offset);
  });
}

template <class Real>
void residual_rmsnorm_forward(std::span<Real> out, std::span<float> x_out, std::span<float> scale,
                              std::span<const float> x, std::span<const Real> delta,
                              std::span<const float> gain, float epsilon, float gain_offset) {
  const auto kernels = chosen_rows<Real>();
  const std::size_t width = gain.size();
  parallel_blocks(scale.size(), forward_rows_per_block, [&](std::size_t begin, std::size_t end) {
    const std::size_t at = begin * width;
    kernels.residual(&out[at], &x_out[at], &scale[begin], &x[at], &delta[at], gain.data(), end - begin, width,
                     epsilon, gain_offset);
  });
}

template <class Real>
void add_residual(std::span<float> out, std::span<const float> x, std::span<const Real> delta) {
  const auto kernels = chosen_rows<Real>();
  constexpr std::size_t block = 1U << 14U;
  parallel_blocks(out.size(), block, [&](std::size_t begin, std::size_t end) {
    kernels.add(&out[begin], &x[begin], &delta[begin], end - begin);
  });
}

template <class Real>
void rmsnorm_backward(std::span<float> d_x, std::span<Real> d_x_rounded, std::span<float> d_gain,
                      std::span<const Real> d_out, std::span<const float> x, std::span<const float> gain,
                      std::span<const float> scale, float gain_offset) {
  const auto kernels = chosen_rows<Real>();
  const std::size_t width = gain.size();
  const std::size_t blocks = (scale.size() + rows_per_block - 1) / rows_per_block;
  // One partial sum of d_gain per block of rows, added in order: the bits do not depend on the threads.
  thread_local std::vector<float> kept;
  kept.assign(blocks * width, 0.0F);
  const std::span<float> partial = kept;
  parallel_blocks(scale.size(), rows_per_block, [&](std::size_t begin, std::size_t end) {
    const std::size_t at = begin * width;
    kernels.backward(&d_x[at], &d_x_rounded[at], &partial[begin / rows_per_block * width], &d_out[at], &x[at],
                     gain.data(), &scale[begin], end - begin, width, gain_offset);
  });
  for (std::size_t block = 0; block < blocks; ++block) {
    for (std::size_t i = 0; i < width; ++i) d_gain[i] += partial[block * width + i];
  }
}

template void rmsnorm_forward<float>(std::span<float>, std::span<float>, std::span<const float>,
                                     std::span<const float>, float, float);
template void rmsnorm_forward<Bf16>(std::span<Bf16>, std::span<float>, std::span<const float>,
                                    std::span<const float>, float, float);
template void residual_rmsnorm_forward<float>(std::span<float>, std::span<float>, std::span<float>,
                                              std::span<const float>, std::span<const float>,
                                              std::span<const float>, float, float);
template void residual_rmsnorm_forward<Bf16>(std::span<Bf16>, std::span<float>, std::span<float>,
                                             std::span<const float>, std::span<const Bf16>,
                                             std::span<const float>, float, float);
template <class Real>
void subtract_residual(std::span<float> x, std::span<const Real> delta) {
  const auto kernels = chosen_rows<Real>();
  constexpr std::size_t block = 1U << 14U;
  parallel_blocks(x.size(), block, [&](std::size_t begin, std::size_t end) {
    kernels.subtract(&x[begin], &delta[begin], end - begin);
  });
}

template void subtract_residual<float>(std::span<float>, std::span<const float>);
template void subtract_residual<Bf16>(std::span<float>, std::span<const Bf16>);
template void add_residual<float>(std::span<float>, std::span<const float>, std::span<const float>);
template void add_residual<Bf16>(std::span<float>, std::span<const float>, std::span<const Bf16>);
template void rmsnorm_backward<float>(std::span<float>, std::span<float>, std::span<float>,
                                      std::span<const float>, std::span<const float>, std::span<const float>,
                                      std::span<const float>, float);
template void rmsnorm_backward<Bf16>(std::span<float>, std::span<Bf16>, std::span<float>,
                                     std::span<const Bf16>, std::span<const float>, std::span<const float>,
                                     std::span<const float>, float);

}  // namespace preceptor::engine
#endif
