#include "engine/generation/sampling.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

namespace preceptor::engine {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

std::vector<double> softmax(const std::vector<float>& logits, double temperature) {
  std::vector<double> probabilities;
  for (const float logit : logits) probabilities.push_back(std::exp(logit / temperature));
  const double sum = std::accumulate(probabilities.begin(), probabilities.end(), 0.0);
  for (double& probability : probabilities) probability /= sum;
  return probabilities;
}

// Keeps the entries of `kept`, renormalised.
std::vector<double> restricted(std::vector<double> probabilities, const std::vector<TokenId>& kept) {
  double sum = 0;
  for (std::size_t id = 0; id < probabilities.size(); ++id) {
    if (std::ranges::find(kept, static_cast<TokenId>(id)) == kept.end()) probabilities[id] = 0;
    sum += probabilities[id];
  }
  for (double& probability : probabilities) probability /= sum;
  return probabilities;
}

// Pearson's statistic of 20,000 draws, which must stay below the 99.99 % quantile (Wilson and Hilferty 1931).
void expect_frequencies(const std::vector<float>& logits, const SamplingOptions& options,
                        const std::vector<double>& probabilities) {
  constexpr int draws = 20'000;
  Sampler sampler;
  Random random(20261123);
  std::vector<int> counts(logits.size());
  for (int draw = 0; draw < draws; ++draw) {
    const TokenId id = sampler.pick(logits, options, random);
    ASSERT_GE(id, 0);
    ++counts[static_cast<std::size_t>(id)];
  }
  double statistic = 0;
  int freedom = -1;
  for (std::size_t id = 0; id < logits.size(); ++id) {
    const double expected = probabilities[id] * draws;
    if (expected == 0) {
      EXPECT_EQ(counts[id], 0) << id;
      continue;
    }
    ASSERT_GT(expected, 5) << "too rare for the test";
    statistic += (counts[id] - expected) * (counts[id] - expected) / expected;
    ++freedom;
  }
  const double spread = 2.0 / (9.0 * freedom);
  const double quantile = freedom * std::pow(1 - spread + 3.719 * std::sqrt(spread), 3);
  EXPECT_LT(statistic, quantile) << "degrees of freedom " << freedom;
}

const std::vector<float> logits = {0.3F, -1.2F, 2.0F, 1.9F, -0.4F, 0.0F, 1.1F, -2.0F};

TEST(Sampling, FrequenciesMatchTheDistribution) {
  expect_frequencies(logits, {}, softmax(logits, 1));
  expect_frequencies(logits, {.temperature = 0.7F}, softmax(logits, 0.7F));
  expect_frequencies(logits, {.temperature = 2.0F}, softmax(logits, 2.0));
}

TEST(Sampling, TopKKeepsTheMostLikelyAndTheirProportions) {
  expect_frequencies(logits, {.top_k = 3}, restricted(softmax(logits, 1), {2, 3, 6}));
  expect_frequencies(logits, {.temperature = 1.5F, .top_k = 5},
                     restricted(softmax(logits, 1.5), {2, 3, 6, 0, 5}));
}

TEST(Sampling, TopPKeepsTheSmallestSetThatReachesIt) {
  // Probabilities, most likely first: 2 → .36, 3 → .33, 6 → .15, 0 → .07, 5 → .05, 4 → .03, …
  expect_frequencies(logits, {.top_p = 0.6F}, restricted(softmax(logits, 1), {2, 3}));
  expect_frequencies(logits, {.top_p = 0.7F}, restricted(softmax(logits, 1), {2, 3, 6}));
  expect_frequencies(logits, {.top_p = 0.85F}, restricted(softmax(logits, 1), {2, 3, 6, 0}));
}

TEST(Sampling, TopPCountsWhatTopKHasLeft) {
  // Of the three kept, the first two carry .36 + .33 of .83 = 82 %.
  expect_frequencies(logits, {.top_k = 3, .top_p = 0.8F}, restricted(softmax(logits, 1), {2, 3}));
  expect_frequencies(logits, {.top_k = 3, .top_p = 0.85F}, restricted(softmax(logits, 1), {2, 3, 6}));
}

TEST(Sampling, ANucleusLargerThanTheFirstGuessIsFound) {
  // 270 of 300 tokens carry 90 %: all but the last 30 of the 43 that are slightly less likely.
  std::vector<float> flat(300);
  for (std::size_t id = 0; id < flat.size(); ++id) flat[id] = id % 7 == 0 ? 0.0F : 1e-6F;
  Sampler sampler;
  Random random(1);
  std::map<TokenId, int> seen;
  for (int draw = 0; draw < 5000; ++draw) ++seen[sampler.pick(flat, {.top_p = 0.9F}, random)];
  EXPECT_NEAR(static_cast<double>(seen.size()), 270, 1);
  EXPECT_TRUE(seen.contains(0));
  for (const auto& [id, count] : seen) EXPECT_TRUE(id % 7 != 0 || id < 14 * 7) << id;
}

TEST(Sampling, NothingOrTheLargestSettingsMeanNoFilter) {
  for (const SamplingOptions& options : {SamplingOptions{.top_k = 8}, SamplingOptions{.top_k = 1'000'000},
                                         SamplingOptions{.top_k = 0, .top_p = 1}}) {
    Sampler sampler;
    Random one(5);
    Random other(5);
    for (int draw = 0; draw < 200; ++draw) {
      EXPECT_EQ(sampler.pick(logits, options, one), sampler.pick(logits, {}, other));
    }
  }
}

TEST(Sampling, GreedyTakesTheMostLikelyAndDrawsNothing) {
  Sampler sampler;
  Random random(5);
  const auto before = random.state();
  EXPECT_EQ(sampler.pick(logits, {.temperature = 0}, random), 2);
  EXPECT_EQ(random.state(), before);
}

TEST(Sampling, TheTightestFiltersAreGreedy) {
  Sampler sampler;
  Random random(5);
  for (int draw = 0; draw < 200; ++draw) {
    EXPECT_EQ(sampler.pick(logits, {.top_k = 1}, random), 2);
    EXPECT_EQ(sampler.pick(logits, {.top_p = 1e-6F}, random), 2);
    EXPECT_EQ(sampler.pick(logits, {.temperature = 1e-6F}, random), 2);
  }
}

TEST(Sampling, OfEqualLogitsTheLowerIdComesFirst) {
  const std::vector<float> equal = {1, 3, 3, 3};
  Sampler sampler;
  Random random(5);
  EXPECT_EQ(sampler.pick(equal, {.temperature = 0}, random), 1);
  for (int draw = 0; draw < 50; ++draw) EXPECT_LE(sampler.pick(equal, {.top_k = 2}, random), 2);
}

TEST(Sampling, ImpossibleTokensAreNeverPicked) {
  const std::vector<float> masked = {-infinity, 0.0F, -infinity, -200.0F, -infinity};
  Sampler sampler;
  Random random(5);
  for (int draw = 0; draw < 500; ++draw) {
    EXPECT_EQ(sampler.pick(masked, {}, random), 1);
    EXPECT_EQ(sampler.pick(masked, {.top_k = 4}, random), 1);
    EXPECT_EQ(sampler.pick(masked, {.top_p = 0.999F}, random), 1);
  }
}

TEST(Sampling, LogitsWithoutADistributionAreReported) {
  Sampler sampler;
  Random random(5);
  const std::vector<float> broken = {1, std::numeric_limits<float>::quiet_NaN(), 2};
  const std::vector<float> nothing(3, -infinity);
  const std::vector<float> boundless = {1, infinity, 2};
  for (const auto& bad : {broken, nothing, boundless}) {
    EXPECT_EQ(sampler.pick(bad, {}, random), -1);
    EXPECT_EQ(sampler.pick(bad, {.temperature = 0}, random), -1);
  }
}

TEST(Sampling, LargeLogitsDoNotOverflow) {
  const std::vector<float> large = {3e38F, 2e38F, -3e38F};
  Sampler sampler;
  Random random(5);
  EXPECT_EQ(sampler.pick(large, {.temperature = 0.01F}, random), 0);
}

TEST(Sampling, SettingsOutOfRangeAreRefused) {
  EXPECT_TRUE(check(SamplingOptions{}).has_value());
  for (const SamplingOptions& options :
       {SamplingOptions{.temperature = -1}, SamplingOptions{.temperature = std::nanf("")},
        SamplingOptions{.temperature = infinity}, SamplingOptions{.top_k = -1}, SamplingOptions{.top_p = 0},
        SamplingOptions{.top_p = 1.01F}, SamplingOptions{.top_p = std::nanf("")},
        SamplingOptions{.min_p = -0.1F}, SamplingOptions{.min_p = 1.1F}, SamplingOptions{.tokens_max = -1},
        SamplingOptions{.tokens_min = -1}, SamplingOptions{.repetition_penalty = 0},
        SamplingOptions{.presence_penalty = infinity}, SamplingOptions{.frequency_penalty = std::nanf("")},
        SamplingOptions{.logit_bias = {{1, infinity}}}, SamplingOptions{.top_logprobs = 101}}) {
    EXPECT_FALSE(check(options).has_value());
  }
}

}  // namespace
}  // namespace preceptor::engine
