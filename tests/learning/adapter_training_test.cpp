#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <tuple>

#include "base/file.hpp"
#include "learning/dpo.hpp"
#include "learning/evaluation.hpp"
#include "learning/reward_model.hpp"
#include "learning/sft.hpp"
#include "tests/tiny_model.hpp"

namespace preceptor::learning {
namespace {

using engine::FrozenType;
using engine::FrozenWeights;
using engine::LoraParameters;

struct Way {
  std::string name;
  std::function<engine::Parameters()> base;
  std::function<Result<TrainingReport>(const engine::Trainee&, const TrainingOptions&, const TrainingHooks&)>
      train;
};

engine::Parameters reward_base() {
  Random random(4);
  return reward_model_from(tiny_model(), random);
}

std::vector<Way> ways() {
  static const auto demonstrations = random_demonstrations(24);
  static const auto pairs = random_pairs(24);
  return {{"sft", [] { return tiny_model(); },
           [](const auto& trainee, const auto& options, const auto& hooks) {
             return sft(trainee, demonstrations, options, hooks);
           }},
          {"reward", reward_base,
           [](const auto& trainee, const auto& options, const auto& hooks) {
             return train_reward(trainee, pairs, {}, options, hooks);
           }},
          {"dpo", [] { return tiny_model(); },
           [](const auto& trainee, const auto& options, const auto& hooks) {
             return dpo(trainee, pairs, {}, options, hooks);
           }}};
}

LoraParameters fresh_adapter(const engine::ModelConfig& config, std::int32_t rank = 3) {
  auto adapter = LoraParameters::make(config, {.rank = rank, .alpha = 6}).value();
  Random random(8);
  adapter.initialise(random);
  return adapter;
}

bool same_bits(std::span<const float> a, std::span<const float> b) {
  return std::ranges::equal(std::as_bytes(a), std::as_bytes(b));
}

double largest_difference(std::span<const float> a, std::span<const float> b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(double{a[i]} - b[i]));
  return largest;
}

class AdapterTraining : public testing::TestWithParam<std::tuple<Way, FrozenType>> {
protected:
  AdapterTraining() : base(way().base(), std::get<1>(GetParam())) {}

  const Way& way() const { return std::get<0>(GetParam()); }

  LoraParameters trained(const TrainingOptions& options, const TrainingHooks& hooks = {}) {
    LoraParameters adapter = fresh_adapter(base.config());
    report = way().train({base, adapter}, options, hooks).value();
    return adapter;
  }

  FrozenWeights base;
  TrainingReport report;
};

TEST_P(AdapterTraining, LearnsAndLeavesTheBaseAsItWas) {
  const std::uint64_t before = base.fingerprint();
  auto options = exact_options(30);
  options.learning_rate = 2e-2F;
  const auto adapter = trained(options);
  EXPECT_LT(report.history.back().loss, report.history.front().loss);
  EXPECT_GT(largest_difference(adapter.values(), fresh_adapter(base.config()).values()), 1e-3);
  EXPECT_EQ(base.fingerprint(), before);
}

TEST_P(AdapterTraining, GivesTheSameBitsForTheSameSeed) {
  const auto first = trained(exact_options());
  EXPECT_TRUE(same_bits(first.values(), trained(exact_options()).values()));
}

TEST_P(AdapterTraining, AccumulationPackingAndComputingAgainChangeNothing) {
  auto whole = exact_options();
  whole.microbatch_tokens = 1 << 20;
  const auto packed = trained(whole);
  auto one_by_one = exact_options();
  one_by_one.microbatch_tokens = 1;
  EXPECT_LT(largest_difference(packed.values(), trained(one_by_one).values()), 2e-4);
  whole.recompute = engine::Recompute::layers;
  EXPECT_LT(largest_difference(packed.values(), trained(whole).values()), 2e-4);
}

TEST_P(AdapterTraining, ResumesToTheSameBitsAfterBeingStoppedAnywhere) {
  auto options = exact_options(7);
  options.precision = engine::Precision::bf16;
  const auto uninterrupted = trained(options);
  for (const std::int64_t stop_at : {1, 5}) {
    const TemporaryFolder folder;
    TrainingHooks hooks;
    hooks.checkpoint_folder = folder.path() / "run";
    std::stop_source stop;
    hooks.stop = stop.get_token();
    hooks.on_step = [&](const StepReport& step) {
      if (step.step == stop_at) stop.request_stop();
    };
    LoraParameters adapter = fresh_adapter(base.config());
    EXPECT_EQ(way().train({base, adapter}, options, hooks).error().kind, ErrorKind::cancelled);
    const auto resumed = trained(options, {.checkpoint_folder = hooks.checkpoint_folder});
    EXPECT_EQ(report.resumed_from_step, stop_at);
    EXPECT_TRUE(same_bits(resumed.values(), uninterrupted.values())) << "stopped after step " << stop_at;
  }
}

TEST_P(AdapterTraining, RefusesTheCheckpointOfAnotherAdapterOrBase) {
  const TemporaryFolder folder;
  TrainingHooks hooks;
  hooks.checkpoint_folder = folder.path() / "run";
  hooks.checkpoint_every_steps = 2;
  trained(exact_options(), hooks);
  LoraParameters other = fresh_adapter(base.config(), 2);
  EXPECT_EQ(way().train({base, other}, exact_options(), hooks).error().kind, ErrorKind::conflict);
  engine::Parameters changed = way().base();
  changed.values()[0] += 0.5F;
  const FrozenWeights other_base(changed, base.type());
  LoraParameters adapter = fresh_adapter(base.config());
  EXPECT_EQ(way().train({other_base, adapter}, exact_options(), hooks).error().kind, ErrorKind::conflict);
  EXPECT_TRUE(same_bits(adapter.values(), fresh_adapter(base.config()).values()));
}

std::string name_of(FrozenType type) {
  return type == FrozenType::fp32 ? "fp32" : type == FrozenType::bf16 ? "bf16" : "int8";
}

INSTANTIATE_TEST_SUITE_P(
    Ways, AdapterTraining,
    testing::Combine(testing::ValuesIn(ways()),
                     testing::Values(FrozenType::fp32, FrozenType::bf16, FrozenType::int8)),
    [](const auto& info) { return std::get<0>(info.param).name + "_" + name_of(std::get<1>(info.param)); });

// The reference is what the run starts from, the adapter included, not the bare base.
TEST(AdaptedModel, DpoStartsAtTheLossOfNoPreferenceWhateverTheAdapterHolds) {
  const FrozenWeights base(tiny_model(), FrozenType::fp32);
  LoraParameters adapter = fresh_adapter(base.config());
  Random random(21);
  for (float& value : adapter.values()) value = static_cast<float>(0.2 * random.normal());
  const auto pairs = random_pairs(8);
  const auto report = dpo({base, adapter}, pairs, {}, exact_options(1)).value();
  EXPECT_NEAR(report.history.front().loss, std::log(2.0), 1e-5);
}

TEST(AdaptedModel, EvaluationReadsAnAdaptedModelAsItsMergedWeights) {
  engine::Parameters whole = tiny_model();
  const FrozenWeights base(whole, FrozenType::fp32);
  LoraParameters adapter = fresh_adapter(base.config());
  const auto demonstrations = random_demonstrations(24);
  auto options = exact_options(20);
  options.learning_rate = 2e-2F;
  ASSERT_TRUE(sft({base, adapter}, demonstrations, options));
  const EvaluationOptions exact{.precision = engine::Precision::fp32, .threads = 1};
  const auto adapted = token_logprobs({base, adapter}, demonstrations, exact).value();
  engine::merge(whole, adapter.adapter());
  const auto merged = token_logprobs(whole, demonstrations, exact).value();
  for (std::size_t i = 0; i < merged.size(); ++i) EXPECT_NEAR(adapted[i].logprob, merged[i].logprob, 1e-3);
}

}  // namespace
}  // namespace preceptor::learning
