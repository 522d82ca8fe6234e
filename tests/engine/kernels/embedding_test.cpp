#include "engine/kernels/embedding.hpp"

#include <gtest/gtest.h>

#include "engine/kernels/threads.hpp"
#include "tests/kernels/finite_differences.hpp"

namespace preceptor::engine::test {
namespace {

TEST(Embedding, LooksUpTokensAndZeroesPadding) {
  const std::vector<float> table = {0, 1, 10, 11, 20, 21};
  std::vector<float> out(8, 7.0F);
  embedding_forward(out, std::vector<std::int32_t>{2, 0, 2}, {.fp32 = table}, 2);
  EXPECT_EQ(out, (std::vector<float>{20, 21, 0, 1, 20, 21, 0, 0}));
}

TEST(Embedding, BackwardAddsUpRepeatedTokensInOneOrderForAnyThreads) {
  const std::vector<std::int32_t> tokens = {2, 0, 2, 1, 2, 2};
  const auto d_out = as_floats(random_values(tokens.size() * 5, 1));
  std::vector<float> alone(15, 1.0F), together(15, 1.0F), expected(15, 1.0F);
  for (std::size_t row = 0; row < tokens.size(); ++row) {
    for (std::size_t i = 0; i < 5; ++i)
      expected[static_cast<std::size_t>(tokens[row]) * 5 + i] += d_out[row * 5 + i];
  }
  {
    const ThreadScope threads(1);
    embedding_backward(alone, d_out, tokens, 5);
  }
  const ThreadScope threads(3);
  embedding_backward(together, d_out, tokens, 5);
  EXPECT_EQ(alone, expected);
  EXPECT_EQ(together, expected);
}

TEST(Embedding, ScaleMultipliesForwardAndBackward) {
  const std::vector<float> table = {0, 1, 10, 11};
  const std::vector<std::int32_t> tokens = {1, 0, 1};
  std::vector<float> out(8, 7.0F), d_table(4, 1.0F);
  embedding_forward(out, tokens, {.fp32 = table}, 2, 0.5F);
  EXPECT_EQ(out, (std::vector<float>{5, 5.5F, 0, 0.5F, 5, 5.5F, 0, 0}));
  embedding_backward(d_table, std::vector<float>{1, 2, 3, 4, 5, 6}, tokens, 2, 0.5F);
  EXPECT_EQ(d_table, (std::vector<float>{2.5F, 3, 4, 5}));
}

TEST(Embedding, GatheredRowsAreAdded) {
  std::vector<float> out = {1, 1, 2, 2, 3, 3};
  const std::vector<float> table = {10, 20, 30, 40};
  add_gathered_rows(out, {.fp32 = table}, std::vector<std::int32_t>{1, 0}, 2);
  EXPECT_EQ(out, (std::vector<float>{31, 41, 12, 22, 3, 3}));
}

TEST(Embedding, ScatterIsTheTransposeOfGather) {
  const std::vector<std::int32_t> rows = {3, 1, 3};
  const auto x = random_values(4 * 3, 1), y = random_values(3 * 3, 2);
  std::vector<float> gathered(9), scattered(12);
  gather_rows(gathered, as_floats(x), rows, 3);
  scatter_rows(scattered, as_floats(y), rows, 3);
  EXPECT_NEAR(dot({gathered.begin(), gathered.end()}, y), dot(x, {scattered.begin(), scattered.end()}), 1e-5);
}

}  // namespace
}  // namespace preceptor::engine::test
