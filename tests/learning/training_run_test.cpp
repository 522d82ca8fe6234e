#include "learning/training_run.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include "base/file.hpp"
#include "learning/dpo.hpp"
#include "learning/pretraining.hpp"
#include "learning/reward_model.hpp"
#include "learning/sft.hpp"
#include "tests/tiny_model.hpp"

namespace preceptor::learning {
namespace {

// Every objective on data of its own, so that what holds for all is tested on all.
struct Way {
  std::string name;
  std::function<engine::Parameters()> start;
  std::function<Result<TrainingReport>(engine::Parameters&, const TrainingOptions&, const TrainingHooks&)>
      train;
};

engine::Parameters reward_start() {
  Random random(4);
  return reward_model_from(tiny_model(), random);
}

std::vector<Way> ways() {
  static const auto demonstrations = random_demonstrations(24);
  static const auto pairs = random_pairs(24);
  static const auto documents = [] {
    std::vector<std::vector<text::TokenId>> all;
    for (const auto& example : demonstrations) all.push_back(example.tokens);
    return all;
  }();
  return {{"pretrain", [] { return tiny_model(); },
           [](auto& model, const auto& options, const auto& hooks) {
             return pretrain(model, documents, options, hooks);
           }},
          {"sft", [] { return tiny_model(); },
           [](auto& model, const auto& options, const auto& hooks) {
             return sft(model, demonstrations, options, hooks);
           }},
          {"reward", reward_start,
           [](auto& model, const auto& options, const auto& hooks) {
             return train_reward(model, pairs, {}, options, hooks);
           }},
          {"dpo", [] { return tiny_model(); },
           [](auto& model, const auto& options, const auto& hooks) {
             return dpo(model, pairs, {}, options, hooks);
           }}};
}

class EveryObjective : public testing::TestWithParam<Way> {
protected:
  engine::Parameters trained(const TrainingOptions& options, const TrainingHooks& hooks = {}) {
    auto parameters = GetParam().start();
    report = GetParam().train(parameters, options, hooks).value();
    return parameters;
  }
  TrainingReport report;
};

TEST_P(EveryObjective, GivesTheSameBitsForTheSameSeed) {
  const auto first = trained(exact_options());
  EXPECT_TRUE(same_bits(first, trained(exact_options())));
  auto other = exact_options();
  other.seed = 10;
  EXPECT_FALSE(same_bits(first, trained(other)));
}

// One example at a time against the whole batch packed: accumulation and packing change the order of sums
// only.
TEST_P(EveryObjective, AccumulationAndPackingChangeNothing) {
  auto whole = exact_options();
  whole.microbatch_tokens = 1 << 20;
  auto one_by_one = exact_options();
  one_by_one.microbatch_tokens = 1;
  const auto packed = trained(whole);
  const auto packed_report = report;
  const auto single = trained(one_by_one);
  EXPECT_GT(largest_difference(packed, GetParam().start()), 1e-3);
  EXPECT_LT(largest_difference(packed, single), 2e-4) << "Adam magnifies the last bits of tiny gradients";
  for (std::size_t i = 0; i < report.history.size(); ++i) {
    EXPECT_NEAR(report.history[i].loss, packed_report.history[i].loss, 1e-4);
    EXPECT_NEAR(report.history[i].gradient_norm, packed_report.history[i].gradient_norm, 1e-3);
  }
}

TEST_P(EveryObjective, ResumesToTheSameBitsAfterBeingStoppedAnywhere) {
  auto options = exact_options(9);
  options.precision = engine::Precision::bf16;
  const auto uninterrupted = trained(options);
  const auto whole = report;
  for (const std::int64_t stop_at : {1, 4, 8}) {
    const TemporaryFolder folder;
    TrainingHooks hooks;
    hooks.checkpoint_folder = folder.path() / "run";
    std::stop_source stop;
    hooks.stop = stop.get_token();
    hooks.on_step = [&](const StepReport& step) {
      if (step.step == stop_at) stop.request_stop();
    };
    auto parameters = GetParam().start();
    const auto stopped = GetParam().train(parameters, options, hooks);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().kind, ErrorKind::cancelled);
    const auto resumed = trained(options, {.checkpoint_folder = hooks.checkpoint_folder});
    EXPECT_EQ(report.resumed_from_step, stop_at);
    EXPECT_TRUE(same_bits(resumed, uninterrupted)) << "stopped after step " << stop_at;
    ASSERT_EQ(report.history.size(), whole.history.size());
    for (std::size_t i = 0; i < whole.history.size(); ++i) {
      EXPECT_EQ(report.history[i].loss, whole.history[i].loss);
      EXPECT_EQ(report.history[i].metrics, whole.history[i].metrics);
    }
  }
}

TEST_P(EveryObjective, ResumesFromThePeriodicCheckpointAfterDyingBetweenSteps) {
  struct Death {};
  const auto options = exact_options(9);
  const auto uninterrupted = trained(options);
  const TemporaryFolder folder;
  TrainingHooks hooks;
  hooks.checkpoint_folder = folder.path() / "run";
  hooks.checkpoint_every_steps = 3;
  hooks.on_step = [](const StepReport& step) {
    if (step.step == 8) throw Death{};
  };
  auto parameters = GetParam().start();
  EXPECT_THROW((void)GetParam().train(parameters, options, hooks), Death);
  const auto resumed = trained(options, {.checkpoint_folder = hooks.checkpoint_folder});
  EXPECT_EQ(report.resumed_from_step, 6);
  EXPECT_TRUE(same_bits(resumed, uninterrupted));
}

TEST_P(EveryObjective, RefusesTheCheckpointOfAnotherRun) {
  const TemporaryFolder folder;
  TrainingHooks hooks;
  hooks.checkpoint_folder = folder.path() / "run";
  hooks.checkpoint_every_steps = 2;
  trained(exact_options(), hooks);
  auto other = exact_options();
  other.learning_rate *= 2;
  auto parameters = GetParam().start();
  const auto refused = GetParam().train(parameters, other, hooks);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
  EXPECT_TRUE(same_bits(parameters, GetParam().start()));
}

INSTANTIATE_TEST_SUITE_P(Objectives, EveryObjective, testing::ValuesIn(ways()),
                         [](const auto& info) { return info.param.name; });

TEST(TrainingRun, TheOrderOfABatchDoesNotMatter) {
  auto examples = random_demonstrations(8);
  auto options = exact_options(3);
  options.order = ExampleOrder::as_given;
  auto forward = tiny_model();
  sft(forward, examples, options).value();
  std::reverse(examples.begin(), examples.end());
  auto backward = tiny_model();
  sft(backward, examples, options).value();
  EXPECT_LT(largest_difference(forward, backward), 1e-4);
}

TEST(TrainingRun, AWeightOfTwoEqualsTheExampleTwice) {
  auto examples = random_demonstrations(3);
  auto options = exact_options(4);
  options.order = ExampleOrder::as_given;
  options.batch_examples = 3;
  for (auto& example : examples) example.weight = 1.0F;
  auto weighted = tiny_model();
  auto doubled = examples;
  doubled[1].weight = 2.0F;
  sft(weighted, doubled, options).value();
  auto repeated = tiny_model();
  examples.push_back(examples[1]);
  options.batch_examples = 4;
  sft(repeated, examples, options).value();
  EXPECT_LT(largest_difference(weighted, repeated), 1e-4);
}

TEST(TrainingRun, ExamplesWithoutWeightAreLeftOutAndCounted) {
  auto pairs = random_pairs(10);
  pairs[2].weight = pairs[7].weight = 0.0F;
  auto parameters = tiny_model();
  const auto report = dpo(parameters, pairs, {}, exact_options(2)).value();
  EXPECT_EQ(report.examples, 8);
  EXPECT_EQ(report.examples_left_out, 2);
  pairs.erase(pairs.begin() + 7);
  pairs.erase(pairs.begin() + 2);
  auto without = tiny_model();
  dpo(without, pairs, {}, exact_options(2)).value();
  EXPECT_TRUE(same_bits(parameters, without));
}

TEST(TrainingRun, NothingToLearnIsRefused) {
  auto examples = random_demonstrations(2);
  for (auto& example : examples) std::ranges::fill(example.token_weights, 0.0F);
  auto parameters = tiny_model();
  const auto refused = sft(parameters, examples, exact_options());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid);
}

TEST(TrainingRun, ExamplesThatDoNotFitAreRefusedByName) {
  auto parameters = tiny_model();
  auto pairs = random_pairs(3);
  pairs[1].rejected.push_back(61);
  EXPECT_EQ(
      dpo(parameters, pairs, {}, exact_options()).error().text(),
      "pair 1, rejected: token id 61 is outside the vocabulary of 61 (was it made with another tokenizer?)");
  pairs = random_pairs(3);
  pairs[2].chosen.assign(50, 5);
  EXPECT_NE(dpo(parameters, pairs, {}, exact_options()).error().text().find("pair 2, chosen: has"),
            std::string::npos);
  pairs = random_pairs(3);
  pairs[0].weight = -1;
  EXPECT_FALSE(dpo(parameters, pairs, {}, exact_options()));
  pairs = random_pairs(3);
  pairs[0].probability = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(dpo(parameters, pairs, {}, exact_options()));
  pairs = random_pairs(3);
  pairs[0].chosen.clear();
  EXPECT_FALSE(dpo(parameters, pairs, {}, exact_options()));
  EXPECT_FALSE(train_reward(parameters, random_pairs(3), {}, exact_options())) << "no reward model";
}

TEST(TrainingRun, OptionsOutOfRangeAreRefused) {
  const auto refused = [](auto change) {
    auto options = exact_options();
    change(options);
    auto parameters = tiny_model();
    return !sft(parameters, random_demonstrations(2), options).has_value();
  };
  EXPECT_TRUE(refused([](auto& o) { o.learning_rate = 0; }));
  EXPECT_TRUE(refused([](auto& o) { o.learning_rate_min = 1; }));
  EXPECT_TRUE(refused([](auto& o) { o.warmup_steps = -1; }));
  EXPECT_TRUE(refused([](auto& o) { o.batch_examples = 0; }));
  EXPECT_TRUE(refused([](auto& o) { o.microbatch_tokens = 0; }));
  EXPECT_TRUE(refused([](auto& o) { o.steps = 0, o.epochs = 0; }));
}

TEST(TrainingRun, ABreakdownStopsTheRunAndSaysSo) {
  auto parameters = tiny_model();
  parameters.values()[0] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW((void)sft(parameters, random_demonstrations(8), exact_options()), Failure);
}

TEST(TrainingRun, ARunThatDoesNotFitIntoMemoryIsRefusedBeforeItStarts) {
  auto parameters = tiny_model();
  const auto examples = random_demonstrations(24);
  auto options = exact_options();
  options.memory_bytes_max = 100'000;
  const auto refused = sft(parameters, examples, options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::too_large);
  EXPECT_NE(refused.error().message.find("gradients and moments"), std::string::npos);
  EXPECT_TRUE(same_bits(parameters, tiny_model()));
  options.memory_bytes_max = 100'000'000;
  EXPECT_TRUE(sft(parameters, examples, options));
}

TEST(TrainingRun, CancellingWithoutAFolderLosesTheRunOnly) {
  std::stop_source stop;
  TrainingHooks hooks;
  hooks.stop = stop.get_token();
  stop.request_stop();
  auto parameters = tiny_model();
  const auto stopped = sft(parameters, random_demonstrations(8), exact_options(), hooks);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind, ErrorKind::cancelled);
  EXPECT_TRUE(same_bits(parameters, tiny_model()));
}

}  // namespace
}  // namespace preceptor::learning
