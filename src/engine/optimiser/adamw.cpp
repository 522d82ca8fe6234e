#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/optimiser/adamw.cpp"
#include "engine/kernels/targets.hpp"
// clang-format off
#include "engine/kernels/simd-inl.hpp"
// clang-format on

#include <algorithm>
#include <cassert>
#include <cmath>
#include <vector>

#include "engine/kernels/isa.hpp"
#include "engine/kernels/parallel.hpp"
#include "engine/kernels/threads.hpp"
#include "engine/optimiser/adamw.hpp"

#ifndef PRECEPTOR_ENGINE_OPTIMISER_ADAMW_FACTORS
#define PRECEPTOR_ENGINE_OPTIMISER_ADAMW_FACTORS
namespace preceptor::engine {

// What one step multiplies with, the same for every parameter but for the decay.
struct AdamWFactors {
  float clip;
  float beta1, beta2;
  float rate;             // learning rate / (1 - beta1^t)
  float root_correction;  // 1 / sqrt(1 - beta2^t)
  float epsilon;
  float keep;  // 1 - learning rate * decay
};

}  // namespace preceptor::engine
#endif

HWY_BEFORE_NAMESPACE();
namespace preceptor::engine::HWY_NAMESPACE {
namespace {

void update(float* weight, float* first, float* second, const float* gradient, std::size_t count,
            const AdamWFactors& f) {
  const Lanes d;
  const Vector beta1 = hn::Set(d, f.beta1), beta2 = hn::Set(d, f.beta2);
  const Vector fresh1 = hn::Set(d, 1.0F - f.beta1), fresh2 = hn::Set(d, 1.0F - f.beta2);
  const Vector clip = hn::Set(d, f.clip), keep = hn::Set(d, f.keep);
  const Vector rate = hn::Set(d, f.rate), correction = hn::Set(d, f.root_correction);
  const Vector epsilon = hn::Set(d, f.epsilon);
  for_each_vector(count, [&](auto loader, auto storer) HWY_ATTR {
    const Vector g = hn::Mul(loader(gradient), clip);
    const Vector m = hn::MulAdd(beta1, loader(first), hn::Mul(fresh1, g));
    const Vector v = hn::MulAdd(beta2, loader(second), hn::Mul(fresh2, hn::Mul(g, g)));
    const Vector root = hn::MulAdd(hn::Sqrt(v), correction, epsilon);
    storer(m, first);
    storer(v, second);
    storer(hn::NegMulAdd(rate, hn::Div(m, root), hn::Mul(keep, loader(weight))), weight);
  });
}

// Σ x² in double: one lane-wise fp32 sum per small run, so that no digits of a long sum are lost.
double sum_of_squares(const float* x, std::size_t count) {
  const Lanes d;
  constexpr std::size_t run = 1024;
  double total = 0;
  for (std::size_t begin = 0; begin < count; begin += run) {
    Vector sum = hn::Zero(d);
    for_each_vector(std::min(run, count - begin), [&](auto loader, auto) HWY_ATTR {
      const Vector value = loader(x + begin);
      sum = hn::MulAdd(value, value, sum);
    });
    total += hn::GetLane(hn::SumOfLanes(d, sum));
  }
  return total;
}

}  // namespace
}  // namespace preceptor::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace preceptor::engine {

HWY_EXPORT(update);
HWY_EXPORT(sum_of_squares);

namespace {

constexpr std::size_t block = 1U << 14U;

float norm_of(std::span<const float> gradients) {
  std::vector<double> squares((gradients.size() + block - 1) / block);
  parallel_blocks(gradients.size(), block, [&](std::size_t begin, std::size_t end) {
    squares[begin / block] = HWY_DYNAMIC_DISPATCH(sum_of_squares)(&gradients[begin], end - begin);
  });
  double sum = 0;
  for (const double part : squares) sum += part;
  return static_cast<float>(std::sqrt(sum));
}

}  // namespace

AdamW::AdamW(const ParameterArena& parameters, AdamWOptions options)
    : options_(options),
      first_moment_(parameters.values().size()),
      second_moment_(parameters.values().size()) {
  chosen_isa();
  for (const ParameterInfo& info : parameters.list()) {
    const std::size_t end = info.offset + info.count;
    for (std::size_t begin = info.offset; begin < end; begin += block) {
      stretches_.push_back({begin, std::min(end, begin + block), info.decays});
    }
  }
}

float AdamW::step(ParameterArena& parameters, std::span<const float> gradients, float learning_rate) {
  assert(gradients.size() == parameters.values().size() && gradients.size() == first_moment_.size());
  const ThreadScope threads(options_.threads);
  const float norm = norm_of(gradients);
  if (!std::isfinite(norm)) return norm;
  ++step_count;
  AdamWFactors factors{
      .clip = 1.0F,
      .beta1 = options_.beta1,
      .beta2 = options_.beta2,
      .rate = static_cast<float>(learning_rate / (1.0 - std::pow(options_.beta1, step_count))),
      .root_correction = static_cast<float>(1.0 / std::sqrt(1.0 - std::pow(options_.beta2, step_count))),
      .epsilon = options_.epsilon,
      .keep = 1.0F};
  if (options_.gradient_norm_max > 0 && norm > options_.gradient_norm_max) {
    factors.clip = options_.gradient_norm_max / (norm + 1e-6F);
  }
  parallel_blocks(stretches_.size(), 1, [&](std::size_t index, std::size_t) {
    const Stretch& stretch = stretches_[index];
    AdamWFactors own = factors;
    own.keep = stretch.decays ? 1.0F - learning_rate * options_.weight_decay : 1.0F;
    HWY_DYNAMIC_DISPATCH(update)
    (&parameters.values()[stretch.begin], first_moment_.data() + stretch.begin,
     second_moment_.data() + stretch.begin, &gradients[stretch.begin], stretch.end - stretch.begin, own);
  });
  return norm;
}

}  // namespace preceptor::engine
#endif
