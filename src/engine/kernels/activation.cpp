#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/activation.cpp"
#include "engine/kernels/targets.hpp"
// clang-format off
#include "engine/kernels/simd-inl.hpp"
// clang-format on

#include <type_traits>

#include "engine/kernels/activation.hpp"
#include "engine/kernels/parallel.hpp"

#ifndef PRECEPTOR_ENGINE_KERNELS_ACTIVATION_ROW
#define PRECEPTOR_ENGINE_KERNELS_ACTIVATION_ROW
namespace preceptor::engine {

// The kernels of one target, type and activation, each over one row. up and d_up are null where nothing is
// gated.
template <class Real>
struct ActivationRow {
  void (*forward)(Real* out, const Real* x, const Real* up, std::size_t width);
  void (*backward)(Real* out, Real* d_x, Real* d_up, const Real* d_out, const Real* x, const Real* up,
                   std::size_t width);
};

}  // namespace preceptor::engine
#endif

HWY_BEFORE_NAMESPACE();
namespace preceptor::engine::HWY_NAMESPACE {
namespace {

// Both activations are x * sigmoid(p(x)): p(x) = x, or 2 * sqrt(2 / pi) * (x + 0.044715 * x³).
struct Silu {
  static HWY_INLINE Vector bounded(Lanes, Vector x) { return x; }
  static HWY_INLINE Vector inner(Lanes, Vector x) { return x; }
  static HWY_INLINE Vector inner_slope(Lanes d, Vector) { return hn::Set(d, 1.0F); }
};

struct GeluTanh {
  static constexpr float linear = 1.5957691216F;
  static constexpr float cubic = 0.0713548163F;
  // The sigmoid is 0 or 1 long before; the cube of a larger x could overflow.
  static HWY_INLINE Vector bounded(Lanes d, Vector x) {
    return hn::Min(hn::Max(x, hn::Set(d, -64.0F)), hn::Set(d, 64.0F));
  }
  static HWY_INLINE Vector inner(Lanes d, Vector wide) {
    const Vector x = bounded(d, wide);
    return hn::Mul(x, hn::MulAdd(hn::Mul(x, x), hn::Set(d, cubic), hn::Set(d, linear)));
  }
  static HWY_INLINE Vector inner_slope(Lanes d, Vector wide) {
    const Vector x = bounded(d, wide);
    return hn::MulAdd(hn::Mul(x, x), hn::Set(d, 3 * cubic), hn::Set(d, linear));
  }
};

template <class Function, class Real>
void forward_row(Real* out, const Real* x, const Real* up, std::size_t width) {
  const Lanes d;
  for_each_vector(width, [&](auto loader, auto storer) HWY_ATTR {
    const Vector value = loader(x);
    const Vector active = hn::Mul(value, sigmoid(d, Function::inner(d, value)));
    storer(up == nullptr ? active : hn::Mul(active, loader(up)), out);
  });
}

template <class Function, class Real>
void backward_row(Real* out, Real* d_x, Real* d_up, const Real* d_out, const Real* x, const Real* up,
                  std::size_t width) {
  const Lanes d;
  const Vector one = hn::Set(d, 1.0F);
  for_each_vector(width, [&](auto loader, auto storer) HWY_ATTR {
    const Vector value = loader(x);
    const Vector s = sigmoid(d, Function::inner(d, value));
    const Vector steepness = hn::Mul(Function::bounded(d, value), Function::inner_slope(d, value));
    const Vector curve = hn::Mul(steepness, hn::Sub(one, s));
    const Vector slope = hn::Mul(s, hn::Add(curve, one));
    const Vector d_value = loader(d_out);
    const Vector active = hn::Mul(value, s);
    if (up == nullptr) {
      storer(active, out);
      storer(hn::Mul(d_value, slope), d_x);
    } else {
      const Vector other = loader(up);
      storer(hn::Mul(active, other), out);
      storer(hn::Mul(hn::Mul(d_value, other), slope), d_x);
      storer(hn::Mul(d_value, active), d_up);
    }
  });
}

template <class Real>
ActivationRow<Real> row(Activation activation) {
  if (activation == Activation::silu) return {&forward_row<Silu, Real>, &backward_row<Silu, Real>};
  return {&forward_row<GeluTanh, Real>, &backward_row<GeluTanh, Real>};
}
ActivationRow<float> row_fp32(Activation activation) { return row<float>(activation); }
ActivationRow<Bf16> row_bf16(Activation activation) { return row<Bf16>(activation); }

}  // namespace
}  // namespace preceptor::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace preceptor::engine {

HWY_EXPORT(row_fp32);
HWY_EXPORT(row_bf16);

namespace {

template <class Real>
ActivationRow<Real> chosen_row(Activation activation) {
  if constexpr (std::is_same_v<Real, float>) {
    return HWY_DYNAMIC_DISPATCH(row_fp32)(activation);
  } else {
    return HWY_DYNAMIC_DISPATCH(row_bf16)(activation);
  }
}

constexpr std::size_t rows_per_block = 4;
constexpr std::size_t values_per_block = 1U << 13U;

template <class Row>
void each_row(std::size_t rows, const Row& row) {
  parallel_blocks(rows, rows_per_block, [&](std::size_t begin, std::size_t end) {
    for (std::size_t index = begin; index < end; ++index) row(index);
  });
}

}  // namespace

template <class Real>
void gated_forward(std::span<Real> out, std::span<const Real> gate_up, std::int32_t width_signed,
                   Activation activation) {
  const auto width = static_cast<std::size_t>(width_signed);
  const auto kernel = chosen_row<Real>(activation).forward;
  each_row(out.size() / width, [&](std::size_t row) {
    const Real* gate = &gate_up[row * 2 * width];
    kernel(&out[row * width], gate, gate + width, width);
  });
}

template <class Real>
void gated_backward(std::span<Real> out, std::span<Real> d_gate_up, std::span<const Real> d_out,
                    std::span<const Real> gate_up, std::int32_t width_signed, Activation activation) {
  const auto width = static_cast<std::size_t>(width_signed);
  const auto kernel = chosen_row<Real>(activation).backward;
  each_row(d_out.size() / width, [&](std::size_t row) {
    const Real* gate = &gate_up[row * 2 * width];
    Real* d_gate = &d_gate_up[row * 2 * width];
    kernel(&out[row * width], d_gate, d_gate + width, &d_out[row * width], gate, gate + width, width);
  });
}

template <class Real>
void activation_forward(std::span<Real> out, std::span<const Real> x, Activation activation) {
  const auto kernel = chosen_row<Real>(activation).forward;
  parallel_blocks(out.size(), values_per_block, [&](std::size_t begin, std::size_t end) {
    kernel(&out[begin], &x[begin], nullptr, end - begin);
  });
}

template <class Real>
void activation_backward(std::span<Real> out, std::span<Real> d_x, std::span<const Real> d_out,
                         std::span<const Real> x, Activation activation) {
  const auto kernel = chosen_row<Real>(activation).backward;
  parallel_blocks(d_x.size(), values_per_block, [&](std::size_t begin, std::size_t end) {
    kernel(&out[begin], &d_x[begin], nullptr, &d_out[begin], &x[begin], nullptr, end - begin);
  });
}

template void gated_forward<float>(std::span<float>, std::span<const float>, std::int32_t, Activation);
template void gated_forward<Bf16>(std::span<Bf16>, std::span<const Bf16>, std::int32_t, Activation);
template void gated_backward<float>(std::span<float>, std::span<float>, std::span<const float>,
                                    std::span<const float>, std::int32_t, Activation);
template void gated_backward<Bf16>(std::span<Bf16>, std::span<Bf16>, std::span<const Bf16>,
                                   std::span<const Bf16>, std::int32_t, Activation);
template void activation_forward<float>(std::span<float>, std::span<const float>, Activation);
template void activation_forward<Bf16>(std::span<Bf16>, std::span<const Bf16>, Activation);
template void activation_backward<float>(std::span<float>, std::span<float>, std::span<const float>,
                                         std::span<const float>, Activation);
template void activation_backward<Bf16>(std::span<Bf16>, std::span<Bf16>, std::span<const Bf16>,
                                        std::span<const Bf16>, Activation);

}  // namespace preceptor::engine
#endif
