#include "engine/kernels/rmsnorm.hpp"

#include <gtest/gtest.h>

#include "engine/kernels/rmsnorm_reference.hpp"
#include "tests/kernels/finite_differences.hpp"

namespace preceptor::engine::test {
namespace {

constexpr double epsilon = 1e-5;

struct Shape {
  std::size_t rows, width;
};
const Shape shapes[] = {{1, 1}, {3, 5}, {2, 16}, {7, 33}, {130, 20}};

TEST(Rmsnorm, ReferenceBackwardMatchesFiniteDifferences) {
  const std::size_t rows = 3, width = 5;
  auto x = random_values(rows * width, 1), gain = random_values(width, 2);
  const auto d_out = random_values(rows * width, 3);
  std::vector<double> out(rows * width), scale(rows), d_x(rows * width), d_gain(width);
  const auto loss = [&] {
    rmsnorm_forward_reference<double>(out, scale, x, gain, epsilon);
    return dot(out, d_out);
  };
  loss();
  rmsnorm_backward_reference<double>(d_x, d_gain, d_out, x, gain, scale);
  EXPECT_LT(largest_difference(d_x, numeric_gradient(x, loss)), 1e-8);
  EXPECT_LT(largest_difference(d_gain, numeric_gradient(gain, loss)), 1e-8);
}

TEST(Rmsnorm, ForwardMatchesReferenceOverOddShapes) {
  for (const auto [rows, width] : shapes) {
    const auto x = as_floats(random_values(rows * width, 1)), gain = as_floats(random_values(width, 2));
    std::vector<float> expected(rows * width), expected_scale(rows), out(rows * width), scale(rows);
    std::vector<Bf16> rounded(rows * width);
    rmsnorm_forward_reference<float>(expected, expected_scale, x, gain, epsilon);
    rmsnorm_forward<float>(out, scale, x, gain, epsilon);
    EXPECT_LT(largest_difference(out, expected), 1e-6) << rows << " x " << width;
    EXPECT_LT(largest_difference(scale, expected_scale), 1e-6);
    rmsnorm_forward<Bf16>(rounded, scale, x, gain, epsilon);
    EXPECT_LT(largest_difference(as_floats(rounded), expected), 1.0 / 256);
  }
}

TEST(Rmsnorm, ResidualForwardIsAdditionThenNorm) {
  for (const auto [rows, width] : shapes) {
    const auto x = as_floats(random_values(rows * width, 1)), gain = as_floats(random_values(width, 2));
    const auto delta = as_bf16(as_floats(random_values(rows * width, 3)));
    std::vector<float> sum(rows * width), x_out(rows * width), scale(rows), expected_scale(rows),
        last(rows * width);
    std::vector<Bf16> out(rows * width), expected(rows * width);
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] = x[i] + to_float(delta[i]);
    rmsnorm_forward<Bf16>(expected, expected_scale, sum, gain, epsilon);
    residual_rmsnorm_forward<Bf16>(out, x_out, scale, x, delta, gain, epsilon);
    add_residual<Bf16>(last, x, delta);
    EXPECT_EQ(x_out, sum);
    EXPECT_EQ(last, sum);
    EXPECT_EQ(scale, expected_scale);
    EXPECT_EQ(as_floats(out), as_floats(expected));
  }
}

TEST(Rmsnorm, BackwardMatchesReferenceOverOddShapes) {
  for (const auto [rows, width] : shapes) {
    const auto x = as_floats(random_values(rows * width, 1)), gain = as_floats(random_values(width, 2));
    const auto d_out = as_floats(random_values(rows * width, 3));
    std::vector<float> out(rows * width), scale(rows), rounded(rows * width);
    rmsnorm_forward_reference<float>(out, scale, x, gain, epsilon);
    auto d_x = as_floats(random_values(rows * width, 4)), d_gain = as_floats(random_values(width, 5));
    auto expected_d_x = d_x, expected_d_gain = d_gain;
    rmsnorm_backward_reference<float>(expected_d_x, expected_d_gain, d_out, x, gain, scale);
    rmsnorm_backward<float>(d_x, rounded, d_gain, d_out, x, gain, scale);
    EXPECT_LT(largest_difference(d_x, expected_d_x), 1e-5) << rows << " x " << width;
    EXPECT_LT(largest_difference(d_gain, expected_d_gain), 1e-5);
    EXPECT_EQ(rounded, d_x);
  }
}

}  // namespace
}  // namespace preceptor::engine::test
