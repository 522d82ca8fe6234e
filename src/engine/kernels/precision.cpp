#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/precision.cpp"
#include "engine/kernels/targets.hpp"
// clang-format off
#include "engine/kernels/simd-inl.hpp"
// clang-format on

#include <algorithm>

#include "engine/kernels/isa.hpp"
#include "engine/kernels/parallel.hpp"
#include "engine/kernels/precision.hpp"

HWY_BEFORE_NAMESPACE();
namespace preceptor::engine::HWY_NAMESPACE {
namespace {

template <class Out, class In>
void convert_all(Out* out, const In* in, std::size_t count) {
  for_each_vector(count, [&](auto loader, auto storer) HWY_ATTR { storer(loader(in), out); });
}

void round_all(Bf16* out, const float* in, std::size_t count) { convert_all(out, in, count); }
void widen_all(float* out, const Bf16* in, std::size_t count) { convert_all(out, in, count); }

}  // namespace
}  // namespace preceptor::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace preceptor::engine {

HWY_EXPORT(round_all);
HWY_EXPORT(widen_all);

namespace {
constexpr std::size_t block = 1U << 15U;
}

bool cpu_has_bf16() { return chosen_isa() == Isa::avx512_bf16; }

Precision usable_precision(Precision wanted) { return cpu_has_bf16() ? wanted : Precision::fp32; }

void convert(std::span<Bf16> out, std::span<const float> in) {
  parallel_blocks(out.size(), block, [&](std::size_t begin, std::size_t end) {
    HWY_DYNAMIC_DISPATCH(round_all)(&out[begin], &in[begin], end - begin);
  });
}

void convert(std::span<float> out, std::span<const Bf16> in) {
  parallel_blocks(out.size(), block, [&](std::size_t begin, std::size_t end) {
    HWY_DYNAMIC_DISPATCH(widen_all)(&out[begin], &in[begin], end - begin);
  });
}

void convert(std::span<float> out, std::span<const float> in) {
  parallel_blocks(out.size(), block, [&](std::size_t begin, std::size_t end) {
    std::copy(in.begin() + static_cast<std::ptrdiff_t>(begin), in.begin() + static_cast<std::ptrdiff_t>(end),
              out.begin() + static_cast<std::ptrdiff_t>(begin));
  });
}

}  // namespace preceptor::engine
#endif
