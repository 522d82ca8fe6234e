#include "learning/losses/direct_preference.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "tests/losses/finite_difference.hpp"

namespace preceptor::learning {
namespace {

constexpr DpoLoss all_losses[] = {DpoLoss::sigmoid, DpoLoss::sigmoid_mean, DpoLoss::robust, DpoLoss::ipo,
                                  DpoLoss::ipo_sum};

PairLogprobs example() {
  return {.chosen = -12.5,
          .rejected = -9.25,
          .reference_chosen = -13.0,
          .reference_rejected = -8.5,
          .chosen_tokens = 7,
          .rejected_tokens = 3};
}

TEST(DirectPreference, DerivativesMatchFiniteDifferences) {
  std::mt19937 generator(5);
  std::uniform_real_distribution<double> logprob(-30, -1);
  for (int trial = 0; trial < 20; ++trial) {
    PairLogprobs pair{logprob(generator), logprob(generator), logprob(generator),
                      logprob(generator), 1 + trial,          9};
    for (const DpoLoss loss : all_losses) {
      for (const double q : {1.0, 0.7, 0.5, 0.0}) {
        const DpoOptions options{
            .loss = loss, .beta = 0.3, .label_smoothing = loss == DpoLoss::ipo ? 0.0 : 0.15};
        const auto at = direct_preference_loss(pair, q, options);
        const auto by_chosen = [&](double x) {
          auto moved = pair;
          moved.chosen = x;
          return direct_preference_loss(moved, q, options).loss;
        };
        const auto by_rejected = [&](double x) {
          auto moved = pair;
          moved.rejected = x;
          return direct_preference_loss(moved, q, options).loss;
        };
        EXPECT_NEAR(at.d_chosen, slope(by_chosen, pair.chosen), 1e-6 * (1 + std::abs(at.d_chosen)));
        EXPECT_NEAR(at.d_rejected, slope(by_rejected, pair.rejected), 1e-6 * (1 + std::abs(at.d_rejected)));
      }
    }
  }
}

TEST(DirectPreference, IsLog2WhenModelAndReferenceAgree) {
  PairLogprobs pair = example();
  pair.reference_chosen = pair.chosen;
  pair.reference_rejected = pair.rejected;
  for (const double q : {1.0, 0.5, 0.2}) {
    EXPECT_NEAR(direct_preference_loss(pair, q, {}).loss, 0.693147, 1e-6);
  }
}

TEST(DirectPreference, ASoftLabelMixesBothOrders) {
  const PairLogprobs pair = example();
  PairLogprobs swapped{pair.rejected,         pair.chosen,          pair.reference_rejected,
                       pair.reference_chosen, pair.rejected_tokens, pair.chosen_tokens};
  for (const DpoLoss loss : all_losses) {
    const DpoOptions options{.loss = loss, .label_smoothing = 0.1};
    const double mixed = 0.8 * direct_preference_loss(pair, 1.0, options).loss +
                         0.2 * direct_preference_loss(swapped, 1.0, options).loss;
    EXPECT_NEAR(direct_preference_loss(pair, 0.8, options).loss, mixed, 1e-12);
  }
}

TEST(DirectPreference, ATieTeachesNothingWhileModelAndReferenceAgree) {
  PairLogprobs pair = example();
  pair.reference_chosen = pair.chosen;
  pair.reference_rejected = pair.rejected;
  EXPECT_NEAR(direct_preference_loss(pair, 0.5, {}).d_chosen, 0.0, 1e-15);
}

TEST(DirectPreference, LabelSmoothingEqualsASoftLabel) {
  const DpoOptions smoothed{.label_smoothing = 0.2};
  EXPECT_NEAR(direct_preference_loss(example(), 1.0, smoothed).loss,
              direct_preference_loss(example(), 0.8, {}).loss, 1e-12);
}

// Pitfall 8: IPO on sums is not IPO on means, and an empty completion is no division by zero.
TEST(Pitfalls, N08IpoAveragesOverTokensAndSurvivesAnEmptyCompletion) {
  const PairLogprobs pair = example();
  const DpoOptions mean{.loss = DpoLoss::ipo};
  const double delta =
      (pair.chosen - pair.reference_chosen) / 7 - (pair.rejected - pair.reference_rejected) / 3;
  EXPECT_NEAR(direct_preference_loss(pair, 1.0, mean).loss, std::pow(delta - 5.0, 2), 1e-12);
  const double sum = (pair.chosen - pair.reference_chosen) - (pair.rejected - pair.reference_rejected);
  EXPECT_NEAR(direct_preference_loss(pair, 1.0, {.loss = DpoLoss::ipo_sum}).loss, std::pow(sum - 5.0, 2),
              1e-12);
  PairLogprobs empty = pair;
  empty.chosen = empty.reference_chosen = 0;
  empty.chosen_tokens = 0;
  for (const DpoLoss loss : all_losses) {
    const auto result = direct_preference_loss(empty, 1.0, {.loss = loss});
    EXPECT_TRUE(std::isfinite(result.loss) && std::isfinite(result.d_chosen) &&
                std::isfinite(result.d_rejected));
  }
}

TEST(DirectPreference, StaysFiniteFarFromTheReference) {
  PairLogprobs pair = example();
  for (const double far : {-1e5, 1e5}) {
    pair.chosen = far;
    const auto result = direct_preference_loss(pair, 0.9, {});
    EXPECT_TRUE(std::isfinite(result.loss) && std::isfinite(result.d_chosen));
  }
}

}  // namespace
}  // namespace preceptor::learning
