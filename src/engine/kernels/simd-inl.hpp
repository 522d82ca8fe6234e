// Loads and stores of activations for the kernels, compiled once per target by Highway.
// clang-format off
#if defined(PRECEPTOR_ENGINE_KERNELS_SIMD_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef PRECEPTOR_ENGINE_KERNELS_SIMD_INL
#undef PRECEPTOR_ENGINE_KERNELS_SIMD_INL
#else
#define PRECEPTOR_ENGINE_KERNELS_SIMD_INL
#endif
// clang-format on

#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>

#include "engine/kernels/precision.hpp"

HWY_BEFORE_NAMESPACE();
namespace preceptor::engine::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using Lanes = hn::ScalableTag<float>;
using Vector = hn::Vec<Lanes>;

HWY_INLINE Vector load(Lanes d, const float* from) { return hn::LoadU(d, from); }

HWY_INLINE Vector load(Lanes d, const Bf16* from) {
  const hn::Rebind<std::uint16_t, Lanes> half;
  const hn::RebindToUnsigned<Lanes> word;
  const auto bits = hn::LoadU(half, reinterpret_cast<const std::uint16_t*>(from));
  return hn::BitCast(d, hn::ShiftLeft<16>(hn::PromoteTo(word, bits)));
}

HWY_INLINE void store(Lanes d, Vector value, float* to) { hn::StoreU(value, d, to); }

// Rounds as to_bf16() does.
HWY_INLINE void store(Lanes /*d*/, Vector value, Bf16* to) {
  const hn::Rebind<std::uint16_t, Lanes> half;
  const hn::RebindToUnsigned<Lanes> word;
  const hn::RebindToSigned<Lanes> integer;
  const auto bits = hn::BitCast(word, value);
  const auto upper = hn::ShiftRight<16>(bits);
  const auto odd = hn::And(upper, hn::Set(word, 1U));
  const auto rounded = hn::ShiftRight<16>(hn::Add(hn::Add(bits, hn::Set(word, 0x7FFFU)), odd));
  const auto quiet = hn::Or(upper, hn::Set(word, 0x40U));
  const auto is_nan = hn::RebindMask(word, hn::IsNaN(value));
  const auto result = hn::BitCast(integer, hn::IfThenElse(is_nan, quiet, rounded));
  hn::StoreU(hn::DemoteTo(half, result), half, reinterpret_cast<std::uint16_t*>(to));
}

// The tail of a row that does not fill a vector goes through a padded copy, so that it is computed exactly as
// a full vector is.
template <class Real>
HWY_INLINE Vector load_tail(Lanes d, const Real* from, std::size_t count) {
  HWY_ALIGN Real padded[HWY_MAX_BYTES / sizeof(float)] = {};
  for (std::size_t i = 0; i < count; ++i) padded[i] = from[i];
  return load(d, padded);
}

template <class Real>
HWY_INLINE void store_tail(Lanes d, Vector value, Real* to, std::size_t count) {
  HWY_ALIGN Real padded[HWY_MAX_BYTES / sizeof(float)];
  store(d, value, padded);
  for (std::size_t i = 0; i < count; ++i) to[i] = padded[i];
}

// Calls step(offset, loader, storer) over [0, count) in vectors; loader(pointer) and storer(value, pointer)
// take the pointer to a row's first element.
template <class Step>
HWY_INLINE void for_each_vector(std::size_t count, const Step& step) {
  const Lanes d;
  const std::size_t lanes = hn::Lanes(d);
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    step([d, i](const auto* row) HWY_ATTR { return load(d, row + i); },
         [d, i](Vector value, auto* row) HWY_ATTR { store(d, value, row + i); });
  }
  if (i < count) {
    const std::size_t rest = count - i;
    step([d, i, rest](const auto* row) HWY_ATTR { return load_tail(d, row + i, rest); },
         [d, i, rest](Vector value, auto* row) HWY_ATTR { store_tail(d, value, row + i, rest); });
  }
}

HWY_INLINE Vector sigmoid(Lanes d, Vector x) {
  const Vector one = hn::Set(d, 1.0F);
  const Vector exponent_max = hn::Set(d, 88.0F);  // Highway's Exp is garbage where the result overflows
  return hn::Div(one, hn::Add(one, hn::Exp(d, hn::Min(hn::Neg(x), exponent_max))));
}

}  // namespace preceptor::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
