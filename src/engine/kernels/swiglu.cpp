#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/swiglu.cpp"
#include "engine/kernels/targets.hpp"
// clang-format off
#include "engine/kernels/simd-inl.hpp"
// clang-format on

#include "engine/kernels/parallel.hpp"
#include "engine/kernels/swiglu.hpp"

HWY_BEFORE_NAMESPACE();
namespace preceptor::engine::HWY_NAMESPACE {
namespace {

template <class Real>
void forward_row(Real* out, const Real* gate, const Real* up, std::size_t width) {
  const Lanes d;
  for_each_vector(width, [&](auto loader, auto storer) HWY_ATTR {
    const Vector g = loader(gate);
    storer(hn::Mul(hn::Mul(g, sigmoid(d, g)), loader(up)), out);
  });
}

template <class Real>
void backward_row(Real* d_gate, Real* d_up, const Real* d_out, const Real* gate, const Real* up,
                  std::size_t width) {
  const Lanes d;
  const Vector one = hn::Set(d, 1.0F);
  for_each_vector(width, [&](auto loader, auto storer) HWY_ATTR {
    const Vector g = loader(gate);
    const Vector s = sigmoid(d, g);
    const Vector d_value = loader(d_out);
    const Vector slope = hn::Mul(s, hn::MulAdd(g, hn::Sub(one, s), one));
    storer(hn::Mul(hn::Mul(d_value, loader(up)), slope), d_gate);
    storer(hn::Mul(d_value, hn::Mul(g, s)), d_up);
  });
}

void forward_fp32(float* out, const float* gate_up, std::size_t width) {
  forward_row(out, gate_up, gate_up + width, width);
}
void forward_bf16(Bf16* out, const Bf16* gate_up, std::size_t width) {
  forward_row(out, gate_up, gate_up + width, width);
}
void backward_fp32(float* d_gate_up, const float* d_out, const float* gate_up, std::size_t width) {
  backward_row(d_gate_up, d_gate_up + width, d_out, gate_up, gate_up + width, width);
}
void backward_bf16(Bf16* d_gate_up, const Bf16* d_out, const Bf16* gate_up, std::size_t width) {
  backward_row(d_gate_up, d_gate_up + width, d_out, gate_up, gate_up + width, width);
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

constexpr std::size_t rows_per_block = 32;

template <class Row>
void each_row(std::size_t rows, const Row& row) {
  parallel_blocks(rows, rows_per_block, [&](std::size_t begin, std::size_t end) {
    for (std::size_t index = begin; index < end; ++index) row(index);
  });
}

}  // namespace

template <>
void swiglu_forward<float>(std::span<float> out, std::span<const float> gate_up, std::int32_t width_signed) {
  const auto width = static_cast<std::size_t>(width_signed);
  const auto kernel = &HWY_DYNAMIC_DISPATCH(forward_fp32);
  each_row(out.size() / width,
           [&](std::size_t row) { kernel(&out[row * width], &gate_up[row * 2 * width], width); });
}

template <>
void swiglu_forward<Bf16>(std::span<Bf16> out, std::span<const Bf16> gate_up, std::int32_t width_signed) {
  const auto width = static_cast<std::size_t>(width_signed);
  const auto kernel = &HWY_DYNAMIC_DISPATCH(forward_bf16);
  each_row(out.size() / width,
           [&](std::size_t row) { kernel(&out[row * width], &gate_up[row * 2 * width], width); });
}

template <>
void swiglu_backward<float>(std::span<float> d_gate_up, std::span<const float> d_out,
                            std::span<const float> gate_up, std::int32_t width_signed) {
  const auto width = static_cast<std::size_t>(width_signed);
  const auto kernel = &HWY_DYNAMIC_DISPATCH(backward_fp32);
  each_row(d_out.size() / width, [&](std::size_t row) {
    kernel(&d_gate_up[row * 2 * width], &d_out[row * width], &gate_up[row * 2 * width], width);
  });
}

template <>
void swiglu_backward<Bf16>(std::span<Bf16> d_gate_up, std::span<const Bf16> d_out,
                           std::span<const Bf16> gate_up, std::int32_t width_signed) {
  const auto width = static_cast<std::size_t>(width_signed);
  const auto kernel = &HWY_DYNAMIC_DISPATCH(backward_bf16);
  each_row(d_out.size() / width, [&](std::size_t row) {
    kernel(&d_gate_up[row * 2 * width], &d_out[row * width], &gate_up[row * 2 * width], width);
  });
}

}  // namespace preceptor::engine
#endif
