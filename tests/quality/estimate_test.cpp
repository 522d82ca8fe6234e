#include "quality/estimate.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace preceptor::quality {
namespace {

constexpr Bounds unbounded{-1e300, 1e300};

TEST(Wilson, MatchesKnownIntervals) {
  EXPECT_NEAR(wilson(8, 10).low, .4902, 5e-5);
  EXPECT_NEAR(wilson(8, 10).high, .9433, 5e-5);
  EXPECT_NEAR(wilson(10, 10).low, .7225, 5e-5);
  EXPECT_NEAR(wilson(10, 10).high, 1, 1e-12);
}

TEST(Wilson, HasNoFigureWithoutTrials) {
  EXPECT_EQ(wilson(0, 0).n, 0);
  EXPECT_TRUE(std::isnan(wilson(0, 0).value));
}

// R: qt(.975, c(1, 2, 9, 30, 399)) and qnorm(.975)
TEST(Quantiles, MatchR) {
  EXPECT_NEAR(student_t_quantile(.95, 1), 12.70620474, 1e-6);
  EXPECT_NEAR(student_t_quantile(.95, 2), 4.30265273, 1e-7);
  EXPECT_NEAR(student_t_quantile(.95, 9), 2.26215716, 1e-7);
  EXPECT_NEAR(student_t_quantile(.95, 30), 2.04227246, 1e-7);
  EXPECT_NEAR(student_t_quantile(.95, 399), 1.96592725, 1e-6);
  EXPECT_NEAR(normal_quantile(.95), 1.95996398, 1e-7);
}

// tests/oracles/quality_goldens.py: statsmodels, OLS on a constant, cov_type="cluster", use_t=True.
TEST(ClusteredMean, MatchesStatsmodels) {
  const std::vector<Observation> observations = {{1, 1}, {1, 1},  {1, 0}, {2, 0}, {2, 0}, {3, 1},
                                                 {3, 1}, {4, .5}, {5, 0}, {5, 1}, {5, 1}, {5, 1}};
  const Estimate e = clustered_mean(observations, unbounded);
  EXPECT_NEAR(e.value, .625, 1e-12);
  EXPECT_NEAR(e.low, .2237332, 1e-6);
  EXPECT_NEAR(e.high, 1.0262668, 1e-6);
  EXPECT_EQ(e.n, 5);
}

TEST(ClusteredMean, IsWiderThanIfTheValuesWereIndependent) {
  std::vector<Observation> clustered;
  std::vector<Observation> independent;
  for (int i = 0; i < 40; ++i) {
    const double value = (i / 4) % 2;
    clustered.push_back({i / 4, value});
    independent.push_back({i, value});
  }
  const Estimate a = clustered_mean(clustered, unbounded);
  const Estimate b = clustered_mean(independent, unbounded);
  EXPECT_GT(a.high - a.low, 1.5 * (b.high - b.low));
}

TEST(ClusteredMean, StaysInsideItsBoundsAndAdmitsThatOneClusterSaysLittle) {
  EXPECT_EQ(clustered_mean(std::vector<Observation>{{1, 1}, {2, 1}, {3, 0}}, {0, 1}).high, 1);
  const Estimate single = clustered_mean(std::vector<Observation>{{1, 1}, {1, 0}}, {0, 1});
  EXPECT_EQ(single.low, 0);
  EXPECT_EQ(single.high, 1);
  EXPECT_EQ(clustered_mean({}, {0, 1}).n, 0);
}

}  // namespace
}  // namespace preceptor::quality
