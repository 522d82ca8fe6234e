#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/part_rmsnorm.cpp"
#include "engine/kernels/targets.hpp"
// clang-format off
#include "engine/kernels/rmsnorm-inl.hpp"
// clang-format on

#include <vector>

#include "engine/kernels/parallel.hpp"
#include "engine/kernels/part_rmsnorm.hpp"

HWY_BEFORE_NAMESPACE();
namespace preceptor::engine::HWY_NAMESPACE {
namespace {

void forward_fp32(float* out, float* scale, const float* x, const float* gain, std::size_t width,
                  float epsilon, float gain_offset) {
  normalise_row(out, scale, x, {gain, gain_offset}, width, epsilon);
}
void forward_bf16(Bf16* out, float* scale, const Bf16* x, const float* gain, std::size_t width, float epsilon,
                  float gain_offset) {
  normalise_row(out, scale, x, {gain, gain_offset}, width, epsilon);
}

template <class Real>
void backward_part(Real* d_x, float* d_gain, const Real* d_out, const Real* x, Gain gain, float scale,
                   std::size_t width) {
  differentiate_row(d_gain, d_out, x, gain, scale, width,
                    [&](auto, auto storer, Vector inner, Vector factor)
                        HWY_ATTR { storer(hn::Mul(inner, factor), d_x); });
}
void backward_fp32(float* d_x, float* d_gain, const float* d_out, const float* x, const float* gain,
                   float scale, std::size_t width, float gain_offset) {
  backward_part(d_x, d_gain, d_out, x, {gain, gain_offset}, scale, width);
}
void backward_bf16(Bf16* d_x, float* d_gain, const Bf16* d_out, const Bf16* x, const float* gain, float scale,
                   std::size_t width, float gain_offset) {
  backward_part(d_x, d_gain, d_out, x, {gain, gain_offset}, scale, width);
}

}  // namespace
}  // namespace preceptor::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace preceptor::engine {

HWY_EXPORT(forward_fp32);
HWY_EXPORT(forward_bf16);
HWY_EXPORT(backward_fp32);
HWY_EXPORT(backward_bf16);

namespace {

constexpr std::size_t rows_per_block = 64;

template <class Real>
auto forward_kernel() {
  if constexpr (std::is_same_v<Real, float>) {
    return HWY_DYNAMIC_DISPATCH(forward_fp32);
  } else {
    return HWY_DYNAMIC_DISPATCH(forward_bf16);
  }
}

template <class Real>
auto backward_kernel() {
  if constexpr (std::is_same_v<Real, float>) {
    return HWY_DYNAMIC_DISPATCH(backward_fp32);
  } else {
    return HWY_DYNAMIC_DISPATCH(backward_bf16);
  }
}

// Calls work(block, element of x, element of out, index of the scale) for every part, rows in order in a
// block.
template <class Work>
void each_part(std::size_t scales, const PartRows& rows, std::size_t width, const Work& work) {
  const auto parts = static_cast<std::size_t>(rows.parts);
  const auto x_step = static_cast<std::size_t>(rows.x_step);
  const auto out_step = static_cast<std::size_t>(rows.out_step);
  parallel_blocks(scales / parts, rows_per_block, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      for (std::size_t part = 0; part < parts; ++part) {
        work(begin / rows_per_block, row * x_step + part * width, row * out_step + part * width,
             row * parts + part);
      }
    }
  });
}

}  // namespace

template <class Real>
void part_rmsnorm_forward(std::span<Real> out, std::span<float> scale, std::span<const Real> x,
                          const PartRows& rows, std::span<const float> gain, float epsilon,
                          float gain_offset) {
  const auto kernel = forward_kernel<Real>();
  each_part(scale.size(), rows, gain.size(),
            [&](std::size_t, std::size_t from, std::size_t to, std::size_t at) {
              kernel(&out[to], &scale[at], &x[from], gain.data(), gain.size(), epsilon, gain_offset);
            });
}

template <class Real>
void part_rmsnorm_backward(std::span<Real> d_x, std::span<float> d_gain, std::span<const Real> d_out,
                           std::span<const Real> x, const PartRows& rows, std::span<const float> gain,
                           std::span<const float> scale, float gain_offset) {
  const auto kernel = backward_kernel<Real>();
  const std::size_t width = gain.size();
  const std::size_t blocks =
      (scale.size() / static_cast<std::size_t>(rows.parts) + rows_per_block - 1) / rows_per_block;
  // One partial sum of d_gain per block of rows, added in order: the bits do not depend on the threads.
  thread_local std::vector<float> kept;
  kept.assign(blocks * width, 0.0F);
  const std::span<float> partial = kept;
  each_part(scale.size(), rows, width,
            [&](std::size_t block, std::size_t from, std::size_t to, std::size_t at) {
              kernel(&d_x[to], &partial[block * width], &d_out[to], &x[from], gain.data(), scale[at], width,
                     gain_offset);
            });
  for (std::size_t block = 0; block < blocks; ++block) {
    for (std::size_t i = 0; i < width; ++i) d_gain[i] += partial[block * width + i];
  }
}

template void part_rmsnorm_forward<float>(std::span<float>, std::span<float>, std::span<const float>,
                                          const PartRows&, std::span<const float>, float, float);
template void part_rmsnorm_forward<Bf16>(std::span<Bf16>, std::span<float>, std::span<const Bf16>,
                                         const PartRows&, std::span<const float>, float, float);
template void part_rmsnorm_backward<float>(std::span<float>, std::span<float>, std::span<const float>,
                                           std::span<const float>, const PartRows&, std::span<const float>,
                                           std::span<const float>, float);
template void part_rmsnorm_backward<Bf16>(std::span<Bf16>, std::span<float>, std::span<const Bf16>,
                                          std::span<const Bf16>, const PartRows&, std::span<const float>,
                                          std::span<const float>, float);

}  // namespace preceptor::engine
#endif
