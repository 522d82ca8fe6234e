#include "learning/losses/likelihood.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "tests/losses/finite_difference.hpp"

namespace preceptor::learning {
namespace {

TEST(Likelihood, DerivativesMatchFiniteDifferences) {
  std::vector<float> logprobs{-1.5F, -0.25F, -3.0F};
  const std::vector<float> weights{1.0F, 0.5F, 2.0F};
  const auto derivatives = likelihood_derivatives(weights, 7.0);
  for (std::size_t i = 0; i < logprobs.size(); ++i) {
    const auto moved = [&](double x) {
      auto other = logprobs;
      other[i] = static_cast<float>(x);
      return likelihood_loss(other, weights, 7.0);
    };
    EXPECT_NEAR(derivatives[i], slope(moved, logprobs[i], 0.25), 1e-7) << "linear: any step is exact";
  }
}

// Pitfall 1: a mean of the micro-batches' means weighs the tokens of short ones more.
TEST(Pitfalls, N01PartsOfABatchAddUpToTheWholeWhateverTheirLengths) {
  const std::vector<float> logprobs{-4.0F, -1.0F, -1.0F, -1.0F, -1.0F, -1.0F};
  const std::vector<float> weights(6, 1.0F);
  const double whole = likelihood_loss(logprobs, weights, 6.0);
  const auto part = [&](std::size_t begin, std::size_t count) {
    return likelihood_loss(std::span(logprobs).subspan(begin, count),
                           std::span(weights).subspan(begin, count), 6.0);
  };
  EXPECT_NEAR(part(0, 1) + part(1, 5), whole, 1e-12);
  const double mean_of_means = (4.0 + 1.0) / 2;
  EXPECT_GT(mean_of_means - whole, 0.9);
}

}  // namespace
}  // namespace preceptor::learning
