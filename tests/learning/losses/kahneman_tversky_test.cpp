#include "learning/losses/kahneman_tversky.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <vector>

#include "tests/losses/finite_difference.hpp"

namespace preceptor::learning {
namespace {

TEST(KahnemanTversky, DerivativesMatchFiniteDifferences) {
  std::vector<double> log_ratios{0.8, -1.5, 2.0};
  const std::array<bool, 3> desirable{true, false, true};
  const KtoOptions options{.beta = 0.4, .desirable_weight = 1.2, .undesirable_weight = 0.9};
  const auto at = kto_loss(log_ratios, desirable, 0.3, options);
  for (std::size_t i = 0; i < log_ratios.size(); ++i) {
    const auto moved = [&](double x) {
      auto other = log_ratios;
      other[i] = x;
      return kto_loss(other, desirable, 0.3, options).loss;
    };
    EXPECT_NEAR(at.d_log_ratios[i], slope(moved, log_ratios[i]), 1e-9);
  }
}

// Pitfall 9: a batch that is cut in halves or pairs leaves an odd example with its own prompt.
TEST(Pitfalls, N09ShiftedPairingNeverPairsAnExampleWithItself) {
  for (const std::size_t batch : {2U, 3U, 7U, 16U}) {
    const auto partner = shifted_pairing(batch);
    std::set<std::size_t> used(partner.begin(), partner.end());
    EXPECT_EQ(used.size(), batch) << "every completion is used once";
    for (std::size_t i = 0; i < batch; ++i) EXPECT_NE(partner[i], i);
  }
  EXPECT_EQ(shifted_pairing(3), (std::vector<std::size_t>{2, 0, 1}));
}

TEST(KahnemanTversky, TheReferencePointIsNeverNegative) {
  EXPECT_DOUBLE_EQ(kto_reference_point(std::array<double, 2>{-3.0, 1.0}), 0.0);
  EXPECT_DOUBLE_EQ(kto_reference_point(std::array<double, 2>{3.0, -1.0}), 1.0);
}

}  // namespace
}  // namespace preceptor::learning
