#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/softmax.cpp"
#include "engine/kernels/targets.hpp"
// clang-format off
#include "engine/kernels/simd-inl.hpp"
// clang-format on

#include <cmath>

#include "engine/kernels/parallel.hpp"
#include "engine/kernels/softmax.hpp"

HWY_BEFORE_NAMESPACE();
namespace preceptor::engine::HWY_NAMESPACE {
namespace {

// log Σ exp(logits)
float log_sum(const float* logits, std::size_t count) {
  const Lanes d;
  const std::size_t lanes = hn::Lanes(d);
  Vector best = hn::Set(d, logits[0]);
  std::size_t i = 0;
  for (; i + lanes <= count; i += lanes) best = hn::Max(best, hn::LoadU(d, logits + i));
  float highest = hn::GetLane(hn::MaxOfLanes(d, best));
  for (; i < count; ++i) highest = std::max(highest, logits[i]);
  const Vector shift = hn::Set(d, highest);
  Vector sum = hn::Zero(d);
  for (i = 0; i + lanes <= count; i += lanes) {
    sum = hn::Add(sum, hn::Exp(d, hn::Sub(hn::LoadU(d, logits + i), shift)));
  }
  float total = hn::GetLane(hn::SumOfLanes(d, sum));
  for (; i < count; ++i) total += std::exp(logits[i] - highest);
  return highest + std::log(total);
}

template <class Real>
void backward_row(Real* d_logits, const float* logits, float log_sum_of_row, float d_logprob,
                  std::size_t count) {
  const Lanes d;
  const Vector shift = hn::Set(d, log_sum_of_row);
  const Vector factor = hn::Set(d, -d_logprob);
  for_each_vector(count, [&](auto loader, auto storer) HWY_ATTR {
    storer(hn::Mul(hn::Exp(d, hn::Sub(loader(logits), shift)), factor), d_logits);
  });
}

void backward_fp32(float* d_logits, const float* logits, float log_sum_of_row, float d_logprob,
                   std::size_t count) {
  backward_row(d_logits, logits, log_sum_of_row, d_logprob, count);
}
void backward_bf16(Bf16* d_logits, const float* logits, float log_sum_of_row, float d_logprob,
                   std::size_t count) {
  backward_row(d_logits, logits, log_sum_of_row, d_logprob, count);
}

}  // namespace
}  // namespace preceptor::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace preceptor::engine {

HWY_EXPORT(log_sum);
HWY_EXPORT(backward_fp32);
HWY_EXPORT(backward_bf16);

namespace {

constexpr std::size_t rows_per_block = 8;

void put(float& to, float value) { to = value; }
void put(Bf16& to, float value) { to = to_bf16(value); }

template <class Real>
auto chosen_backward() {
  if constexpr (std::is_same_v<Real, float>) {
    return &HWY_DYNAMIC_DISPATCH(backward_fp32);
  } else {
    return &HWY_DYNAMIC_DISPATCH(backward_bf16);
  }
}

}  // namespace

void target_logprobs_forward(std::span<float> logprobs, std::span<float> log_sums,
                             std::span<const float> logits, std::span<const std::int32_t> tokens,
                             std::int32_t vocabulary) {
  const auto width = static_cast<std::size_t>(vocabulary);
  parallel_blocks(tokens.size(), rows_per_block, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      log_sums[row] = HWY_DYNAMIC_DISPATCH(log_sum)(&logits[row * width], width);
      logprobs[row] = logits[row * width + static_cast<std::size_t>(tokens[row])] - log_sums[row];
    }
  });
}

template <class Real>
void target_logprobs_backward(std::span<Real> d_logits, std::span<const float> d_logprobs,
                              std::span<const float> logits, std::span<const float> log_sums,
                              std::span<const std::int32_t> tokens, std::int32_t vocabulary) {
  const auto width = static_cast<std::size_t>(vocabulary);
  const auto kernel = chosen_backward<Real>();
  parallel_blocks(tokens.size(), rows_per_block, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const std::size_t at = row * width;
      kernel(&d_logits[at], &logits[at], log_sums[row], d_logprobs[row], width);
      // expm1: 1 - p keeps its digits when p is close to 1.
      const std::size_t target = at + static_cast<std::size_t>(tokens[row]);
      put(d_logits[target], -d_logprobs[row] * std::expm1(logits[target] - log_sums[row]));
    }
  });
}

template void target_logprobs_backward<float>(std::span<float>, std::span<const float>,
                                              std::span<const float>, std::span<const float>,
                                              std::span<const std::int32_t>, std::int32_t);
template void target_logprobs_backward<Bf16>(std::span<Bf16>, std::span<const float>, std::span<const float>,
                                             std::span<const float>, std::span<const std::int32_t>,
                                             std::int32_t);

}  // namespace preceptor::engine
#endif
