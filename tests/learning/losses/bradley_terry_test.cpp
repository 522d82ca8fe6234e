#include "learning/losses/bradley_terry.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/losses/finite_difference.hpp"

namespace preceptor::learning {
namespace {

TEST(BradleyTerry, DerivativesMatchFiniteDifferences) {
  for (const double q : {1.0, 0.6, 0.0}) {
    for (const double margin : {0.0, 0.75}) {
      const double chosen = 1.3, rejected = -0.4, centring = 0.01;
      const auto at = bradley_terry_loss(chosen, rejected, q, margin, centring);
      EXPECT_NEAR(
          at.d_chosen,
          slope([&](double x) { return bradley_terry_loss(x, rejected, q, margin, centring).loss; }, chosen),
          1e-8);
      EXPECT_NEAR(
          at.d_rejected,
          slope([&](double x) { return bradley_terry_loss(chosen, x, q, margin, centring).loss; }, rejected),
          1e-8);
    }
  }
}

TEST(BradleyTerry, CentringPullsTheSumToZeroOnly) {
  const auto shifted = bradley_terry_loss(5, 5, 0.5, 0, 0.01);
  EXPECT_NEAR(shifted.loss, std::log(2.0) + 1.0, 1e-12);
  EXPECT_GT(shifted.d_chosen, 0);
  EXPECT_DOUBLE_EQ(shifted.d_chosen, shifted.d_rejected);
}

TEST(BradleyTerry, AMarginAsksForALead) {
  EXPECT_GT(bradley_terry_loss(1, 0, 1, 2, 0).loss, bradley_terry_loss(1, 0, 1, 0, 0).loss);
  EXPECT_NEAR(bradley_terry_loss(2, 0, 1, 2, 0).loss, std::log(2.0), 1e-12);
}

TEST(BradleyTerry, StaysFiniteForExtremeScores) {
  for (const double score : {-1e4, 1e4})
    EXPECT_TRUE(std::isfinite(bradley_terry_loss(score, 0, 0.5, 0, 0.01).loss));
}

}  // namespace
}  // namespace preceptor::learning
