// The same training on real and on shuffled labels: only the first may learn what the labels say.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "learning/dpo.hpp"
#include "learning/evaluation.hpp"
#include "learning/reward_model.hpp"
#include "tests/tiny_model.hpp"

namespace preceptor::learning {
namespace {

constexpr text::TokenId polite = 7;

// The better answer holds the polite token somewhere.
std::vector<PreferenceExample> polite_pairs(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<PreferenceExample> pairs;
  for (std::size_t i = 0; i < count; ++i) {
    PreferenceExample pair;
    pair.prompt = random_tokens(random, 4);
    pair.chosen = random_tokens(random, 5);
    pair.rejected = random_tokens(random, 5);
    std::ranges::replace(pair.chosen, polite, polite + 1);
    std::ranges::replace(pair.rejected, polite, polite + 1);
    pair.chosen[random.below(5)] = polite;
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

// Half of the labels, exactly, say the opposite.
std::vector<PreferenceExample> shuffled(std::vector<PreferenceExample> pairs) {
  for (std::size_t i = 0; i < pairs.size(); i += 2) std::swap(pairs[i].chosen, pairs[i].rejected);
  return pairs;
}

struct Lead {
  double accuracy = 0;
  double margin = 0;
};

Lead lead_of(const std::vector<PairScores>& scores) {
  Lead lead;
  for (const PairScores& pair : scores) {
    lead.accuracy += pair.right() / static_cast<double>(scores.size());
    lead.margin += (pair.chosen - pair.rejected) / static_cast<double>(scores.size());
  }
  return lead;
}

TrainingOptions placebo_options() {
  auto options = exact_options(0);
  options.epochs = 2;
  return options;
}

TEST(Placebo, ARewardModelLearnsRealLabelsAndNothingFromShuffledOnes) {
  const auto held_out = polite_pairs(100, 2);
  const auto train = [&](const std::vector<PreferenceExample>& pairs) {
    Random random(1);
    auto model = reward_model_from(tiny_model(), random);
    train_reward(model, pairs, {}, placebo_options()).value();
    return lead_of(
        pair_scores(model, held_out, {.precision = engine::Precision::fp32, .threads = 1}).value());
  };
  const Lead real = train(polite_pairs(256, 1));
  const Lead placebo = train(shuffled(polite_pairs(256, 1)));
  EXPECT_GE(real.accuracy, 0.95);
  EXPECT_LT(std::abs(placebo.margin), 0.2 * real.margin);
}

TEST(Placebo, DpoLearnsRealLabelsAndNothingFromShuffledOnes) {
  const auto held_out = polite_pairs(100, 2);
  const EvaluationOptions exact{.precision = engine::Precision::fp32, .threads = 1};
  auto base = tiny_model();
  const auto before = pair_logprobs(base, held_out, exact).value();
  const auto train = [&](const std::vector<PreferenceExample>& pairs) {
    auto model = tiny_model();
    dpo(model, pairs, {}, placebo_options()).value();
    auto after = pair_logprobs(model, held_out, exact).value();
    for (std::size_t i = 0; i < after.size(); ++i) {
      after[i].chosen -= before[i].chosen;
      after[i].rejected -= before[i].rejected;
    }
    return lead_of(after);
  };
  const Lead real = train(polite_pairs(256, 1));
  const Lead placebo = train(shuffled(polite_pairs(256, 1)));
  EXPECT_GE(real.accuracy, 0.95);
  EXPECT_LT(std::abs(placebo.margin), 0.2 * real.margin);
}

}  // namespace
}  // namespace preceptor::learning
