#include "engine/kernels/token_weights.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "base/random.hpp"
#include "engine/kernels/token_weights_reference.hpp"

namespace preceptor::engine::tests {
namespace {

std::vector<float> random_logits(std::size_t count) {
  Random random(count);
  std::vector<float> logits(count);
  for (float& logit : logits) logit = static_cast<float>(4 * random.normal());
  return logits;
}

TEST(TokenWeights, AreThoseOfTheReference) {
  for (const std::size_t count : {1U, 7U, 16U, 255U, 256U, 257U, 1000U, 4099U}) {
    for (const float temperature : {0.25F, 1.0F, 3.0F}) {
      const auto logits = random_logits(count);
      const auto best = static_cast<std::size_t>(highest_logit(logits));
      std::vector<float> weights(count), wanted(count);
      std::vector<float> sums(weight_blocks(count)), wanted_sums(sums.size());
      token_weights(weights, sums, logits, logits[best], temperature);
      token_weights_reference(wanted, wanted_sums, logits, logits[best], temperature);
      for (std::size_t i = 0; i < count; ++i) EXPECT_NEAR(weights[i], wanted[i], 2e-6F * wanted[i] + 1e-30F);
      for (std::size_t i = 0; i < sums.size(); ++i)
        EXPECT_NEAR(sums[i], wanted_sums[i], 1e-5F * wanted_sums[i] + 1e-30F);
      EXPECT_EQ(weights[best], 1.0F);
    }
  }
}

TEST(TokenWeights, OfALogitThatRulesATokenOutAreNothing) {
  auto logits = random_logits(40);
  logits[3] = logits[39] = -std::numeric_limits<float>::infinity();
  std::vector<float> weights(40), sums(1);
  token_weights(weights, sums, logits, 20.0F, 1.0F);
  EXPECT_EQ(weights[3], 0);
  EXPECT_EQ(weights[39], 0);
}

TEST(HighestLogit, IsTheFirstOfEqualOnes) {
  for (const std::size_t count : {1U, 15U, 16U, 40U, 4099U}) {
    auto logits = random_logits(count);
    EXPECT_EQ(highest_logit(logits), highest_logit_reference(logits));
    for (std::size_t place = 0; place < count; place += 1 + count / 13) {
      auto raised = logits;
      raised[place] = raised[count - 1] = 100;
      EXPECT_EQ(highest_logit(raised), static_cast<std::int64_t>(place));
    }
  }
}

TEST(HighestLogit, IsNoneWhereThereIsNoDistribution) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  for (const std::size_t count : {1U, 16U, 37U}) {
    for (const std::size_t place : {std::size_t{0}, count / 2, count - 1}) {
      for (const float wrong : {std::nanf(""), infinity}) {
        auto logits = random_logits(count);
        logits[place] = wrong;
        EXPECT_EQ(highest_logit(logits), -1) << place << " of " << count;
        EXPECT_EQ(highest_logit_reference(logits), -1);
      }
    }
    EXPECT_EQ(highest_logit(std::vector<float>(count, -infinity)), -1);
  }
}

}  // namespace
}  // namespace preceptor::engine::tests
