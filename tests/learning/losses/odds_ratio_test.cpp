#include "learning/losses/odds_ratio.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "learning/losses/stable_log.hpp"
#include "tests/losses/finite_difference.hpp"

namespace preceptor::learning {
namespace {

TEST(OddsRatio, DerivativesMatchFiniteDifferences) {
  for (const double chosen : {-4.0, -0.7, -0.1}) {
    for (const double rejected : {-5.0, -0.6, -0.05}) {
      const auto at = odds_ratio_loss(chosen, rejected, 0.1);
      EXPECT_NEAR(at.d_chosen_mean,
                  slope([&](double x) { return odds_ratio_loss(x, rejected, 0.1).loss; }, chosen), 1e-7);
      EXPECT_NEAR(at.d_rejected_mean,
                  slope([&](double x) { return odds_ratio_loss(chosen, x, 0.1).loss; }, rejected), 1e-7);
    }
  }
}

// Pitfall 10: log(1 − exp p) of a certain answer is −∞, and the difference of two of them NaN.
TEST(Pitfalls, N10AnswersTheModelIsCertainOfGiveNoNan) {
  for (const double chosen : {0.0, -1e-12, -1e-3, -100.0, -1e4}) {
    for (const double rejected : {0.0, -1e-12, -1e-3, -100.0, -1e4}) {
      const auto result = odds_ratio_loss(chosen, rejected, 0.1);
      EXPECT_TRUE(std::isfinite(result.loss)) << chosen << " " << rejected;
      EXPECT_TRUE(std::isfinite(result.d_chosen_mean) && std::isfinite(result.d_rejected_mean));
    }
  }
}

TEST(StableLog, KeepsItsDigitsAtBothEnds) {
  EXPECT_NEAR(log1m_exp(-1e-10), std::log(1e-10), 1e-9);
  EXPECT_NEAR(log1m_exp(-40.0), -std::exp(-40.0), 1e-30);
  EXPECT_NEAR(log_sigmoid(-800.0), -800.0, 1e-9);
  EXPECT_NEAR(log_sigmoid(800.0), 0.0, 1e-300);
  EXPECT_DOUBLE_EQ(sigmoid(-1000.0), 0.0);
  EXPECT_DOUBLE_EQ(sigmoid(1000.0), 1.0);
}

}  // namespace
}  // namespace preceptor::learning
