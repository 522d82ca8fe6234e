#include "engine/kernels/bias.hpp"

#include <gtest/gtest.h>

#include "engine/kernels/threads.hpp"
#include "tests/kernels/finite_differences.hpp"

namespace preceptor::engine::test {
namespace {

struct Shape {
  std::size_t rows, width;
};
const Shape shapes[] = {{1, 1}, {3, 7}, {70, 5}, {2, 16}, {130, 33}, {64, 64}};

TEST(Bias, IsAddedToEveryRow) {
  for (const auto [rows, width] : shapes) {
    auto x = as_floats(random_values(rows * width, 1));
    const auto before = x, bias = as_floats(random_values(width, 2));
    add_bias(x, bias);
    for (std::size_t i = 0; i < x.size(); ++i)
      ASSERT_EQ(x[i], before[i] + bias[i % width]) << rows << ' ' << i;
  }
}

TEST(Bias, BackwardMatchesPlainSumsOverOddShapes) {
  for (const auto [rows, width] : shapes) {
    const auto d_out = as_floats(random_values(rows * width, 3));
    const auto rounded = as_bf16(d_out);
    std::vector<double> expected(width, 2), expected_rounded(width, 2);
    for (std::size_t i = 0; i < d_out.size(); ++i) {
      expected[i % width] += d_out[i];
      expected_rounded[i % width] += to_float(rounded[i]);
    }
    std::vector<float> d_bias(width, 2), d_bias_rounded(width, 2);
    bias_backward<float>(d_bias, d_out);
    bias_backward<Bf16>(d_bias_rounded, rounded);
    EXPECT_LT(largest_difference(d_bias, expected), 1e-5) << rows << " x " << width;
    EXPECT_LT(largest_difference(d_bias_rounded, expected_rounded), 1e-5) << rows << " x " << width;
  }
}

TEST(Bias, BackwardSumsTheRowsWithTheSameBitsForAnyThreads) {
  const std::size_t rows = 200, width = 7;
  const auto d_out = as_floats(random_values(rows * width, 1));
  std::vector<double> expected(width, 1);
  for (std::size_t i = 0; i < d_out.size(); ++i) expected[i % width] += d_out[i];
  std::vector<float> one(width, 1), three(width, 1), rounded(width, 1);
  {
    const ThreadScope scope(1);
    bias_backward<float>(one, d_out);
  }
  const ThreadScope scope(3);
  bias_backward<float>(three, d_out);
  bias_backward<Bf16>(rounded, as_bf16(d_out));
  EXPECT_EQ(one, three);
  EXPECT_LT(largest_difference(one, expected), 1e-5);
  EXPECT_LT(largest_difference(rounded, expected), 0.02);
}

}  // namespace
}  // namespace preceptor::engine::test
