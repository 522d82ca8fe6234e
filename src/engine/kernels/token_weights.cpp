#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/token_weights.cpp"
#include "engine/kernels/targets.hpp"
// clang-format off
#include "engine/kernels/simd-inl.hpp"
// clang-format on

#include <algorithm>
#include <cmath>

#include "engine/kernels/token_weights.hpp"

HWY_BEFORE_NAMESPACE();
namespace preceptor::engine::HWY_NAMESPACE {
namespace {

std::int64_t find_highest(const float* logits, std::size_t count) {
  const Lanes d;
  const std::size_t lanes = hn::Lanes(d);
  Vector best = hn::Set(d, logits[0]);
  auto wrong = hn::IsNaN(best);
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const Vector here = hn::LoadU(d, logits + i);
    wrong = hn::Or(wrong, hn::IsNaN(here));
    best = hn::Max(best, here);
  }
  if (!hn::AllFalse(d, wrong)) return -1;
  float highest = hn::GetLane(hn::MaxOfLanes(d, best));
  for (; i < count; ++i) {
    if (std::isnan(logits[i])) return -1;
    highest = std::max(highest, logits[i]);
  }
  if (!std::isfinite(highest)) return -1;
  const Vector wanted = hn::Set(d, highest);
  for (i = 0; i + lanes <= count; i += lanes) {
    const std::intptr_t found = hn::FindFirstTrue(d, hn::Eq(hn::LoadU(d, logits + i), wanted));
    if (found >= 0) return static_cast<std::int64_t>(i) + found;
  }
  while (logits[i] != highest) ++i;
  return static_cast<std::int64_t>(i);
}

// One block: answers the sum of its weights.
float weigh(float* weights, const float* logits, std::size_t count, float highest, float temperature) {
  const Lanes d;
  const std::size_t lanes = hn::Lanes(d);
  const Vector shift = hn::Set(d, highest);
  const Vector divisor = hn::Set(d, temperature);
  Vector sum = hn::Zero(d);
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    const Vector weight = hn::Exp(d, hn::Div(hn::Sub(hn::LoadU(d, logits + i), shift), divisor));
    hn::StoreU(weight, d, weights + i);
    sum = hn::Add(sum, weight);
  }
  float total = hn::GetLane(hn::SumOfLanes(d, sum));
  for (; i < count; ++i) {
    weights[i] = std::exp((logits[i] - highest) / temperature);
    total += weights[i];
  }
  return total;
}

}  // namespace
}  // namespace preceptor::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace preceptor::engine {

HWY_EXPORT(find_highest);
HWY_EXPORT(weigh);

std::int64_t highest_logit(std::span<const float> logits) {
  return HWY_DYNAMIC_DISPATCH(find_highest)(logits.data(), logits.size());
}

void token_weights(std::span<float> weights, std::span<float> sums, std::span<const float> logits,
                   float highest, float temperature) {
  const auto kernel = HWY_DYNAMIC_DISPATCH(weigh);
  for (std::size_t block = 0; block < sums.size(); ++block) {
    const std::size_t begin = block * weights_per_block;
    const std::size_t count = std::min(weights_per_block, logits.size() - begin);
    sums[block] = kernel(&weights[begin], &logits[begin], count, highest, temperature);
  }
}

}  // namespace preceptor::engine
#endif
