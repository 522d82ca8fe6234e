// One row of RMS norm and of its derivative, for kernels that differ in how rows are laid out.
// clang-format off
#if defined(PRECEPTOR_ENGINE_KERNELS_RMSNORM_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef PRECEPTOR_ENGINE_KERNELS_RMSNORM_INL
#undef PRECEPTOR_ENGINE_KERNELS_RMSNORM_INL
#else
#define PRECEPTOR_ENGINE_KERNELS_RMSNORM_INL
#endif
// clang-format on

#include <cmath>
#include <cstddef>

#include "engine/kernels/simd-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace preceptor::engine::HWY_NAMESPACE {

// What a gain multiplies by is gain + offset.
struct Gain {
  const float* values;
  float offset;
};

// out may be x.
template <class Out, class In>
HWY_INLINE void normalise_row(Out* out, float* scale, const In* x, Gain gain, std::size_t width,
                              float epsilon) {
  const Lanes d;
  Vector squares = hn::Zero(d);
  for_each_vector(width, [&](auto loader, auto) HWY_ATTR {
    const Vector value = loader(x);
    squares = hn::MulAdd(value, value, squares);
  });
  const float mean = hn::GetLane(hn::SumOfLanes(d, squares)) / static_cast<float>(width);
  *scale = 1.0F / std::sqrt(mean + epsilon);
  const Vector factor = hn::Set(d, *scale);
  const Vector offset = hn::Set(d, gain.offset);
  for_each_vector(width, [&](auto loader, auto storer) HWY_ATTR {
    const Vector multiplier = hn::Add(loader(gain.values), offset);
    storer(hn::Mul(hn::Mul(loader(x), factor), multiplier), out);
  });
}

// Adds into d_gain and calls put(loader, storer, value) with the derivative by x, vector by vector:
// scale * (gain * d_out - x * scale² * mean(gain * d_out * x)).
template <class Grad, class In, class Put>
HWY_INLINE void differentiate_row(float* d_gain, const Grad* d_out, const In* x, Gain gain, float scale,
                                  std::size_t width, const Put& put) {
  const Lanes d;
  const Vector factor = hn::Set(d, scale);
  const Vector offset = hn::Set(d, gain.offset);
  Vector products = hn::Zero(d);
  for_each_vector(width, [&](auto loader, auto storer) HWY_ATTR {
    const Vector d_scaled = hn::Mul(loader(d_out), loader(x));
    products = hn::MulAdd(d_scaled, hn::Add(loader(gain.values), offset), products);
    storer(hn::MulAdd(d_scaled, factor, loader(d_gain)), d_gain);
  });
  const float mean = hn::GetLane(hn::SumOfLanes(d, products)) / static_cast<float>(width);
  const Vector pull = hn::Set(d, mean * scale * scale);
  for_each_vector(width, [&](auto loader, auto storer) HWY_ATTR {
    const Vector multiplier = hn::Add(loader(gain.values), offset);
    const Vector inner = hn::NegMulAdd(loader(x), pull, hn::Mul(loader(d_out), multiplier));
    put(loader, storer, inner, factor);
  });
}

}  // namespace preceptor::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
