#include "engine/kernels/softmax.hpp"

#include <gtest/gtest.h>

#include "engine/kernels/softmax_reference.hpp"
#include "tests/kernels/finite_differences.hpp"

namespace preceptor::engine::test {
namespace {

std::vector<std::int32_t> some_tokens(std::size_t rows, std::size_t vocabulary) {
  std::vector<std::int32_t> tokens;
  for (std::size_t row = 0; row < rows; ++row)
    tokens.push_back(static_cast<std::int32_t>(row * 7 % vocabulary));
  return tokens;
}

TEST(TargetLogprobs, ReferenceBackwardMatchesFiniteDifferences) {
  const std::size_t rows = 3, vocabulary = 7;
  auto logits = random_values(rows * vocabulary, 1);
  const auto d_logprobs = random_values(rows, 2);
  const auto tokens = some_tokens(rows, vocabulary);
  std::vector<double> logprobs(rows), log_sums(rows), d_logits(logits.size());
  const auto loss = [&] {
    target_logprobs_forward_reference<double>(logprobs, log_sums, logits, tokens, vocabulary);
    return dot(logprobs, d_logprobs);
  };
  loss();
  target_logprobs_backward_reference<double>(d_logits, d_logprobs, logits, log_sums, tokens, vocabulary);
  EXPECT_LT(largest_difference(d_logits, numeric_gradient(logits, loss)), 1e-8);
}

TEST(TargetLogprobs, MatchReferenceOverOddVocabularies) {
  for (const std::size_t vocabulary : {1U, 2U, 15U, 16U, 51U, 1000U}) {
    const std::size_t rows = 19;
    auto logits = as_floats(random_values(rows * vocabulary, 1));
    for (float& logit : logits) logit *= 10;
    const auto d_logprobs = as_floats(random_values(rows, 2));
    const auto tokens = some_tokens(rows, vocabulary);
    const auto width = static_cast<std::int32_t>(vocabulary);
    std::vector<float> logprobs(rows), log_sums(rows), expected(rows), expected_sums(rows);
    std::vector<float> d_logits(logits.size()), expected_d(logits.size());
    std::vector<Bf16> d_rounded(logits.size());
    target_logprobs_forward(logprobs, log_sums, logits, tokens, width);
    target_logprobs_forward_reference<float>(expected, expected_sums, logits, tokens, vocabulary);
    EXPECT_LT(largest_difference(logprobs, expected), 2e-6) << vocabulary;
    EXPECT_LT(largest_difference(log_sums, expected_sums), 2e-6);
    target_logprobs_backward<float>(d_logits, d_logprobs, logits, log_sums, tokens, width);
    target_logprobs_backward_reference<float>(expected_d, d_logprobs, logits, expected_sums, tokens,
                                              vocabulary);
    EXPECT_LT(largest_difference(d_logits, expected_d), 1e-5);
    target_logprobs_backward<Bf16>(d_rounded, d_logprobs, logits, log_sums, tokens, width);
    EXPECT_LT(largest_difference(as_floats(d_rounded), expected_d), 1.0 / 256);
  }
}

TEST(TargetLogprobs, SurviveLogitsThatOverflowExp) {
  const std::vector<float> logits = {1000, 0, -1000, 999};
  std::vector<float> logprobs(1), log_sums(1);
  target_logprobs_forward(logprobs, log_sums, logits, std::vector<std::int32_t>{3}, 4);
  EXPECT_NEAR(logprobs[0], -1.313262, 1e-4);
}

}  // namespace
}  // namespace preceptor::engine::test
