#include "engine/kernels/layernorm.hpp"

#include <gtest/gtest.h>

#include "engine/kernels/layernorm_reference.hpp"
#include "tests/kernels/finite_differences.hpp"

namespace preceptor::engine::test {
namespace {

constexpr double epsilon = 1e-5;

struct Shape {
  std::size_t rows, width;
};
const Shape shapes[] = {{1, 2}, {3, 5}, {2, 16}, {7, 33}, {130, 20}};

TEST(Layernorm, ReferenceBackwardMatchesFiniteDifferences) {
  const std::size_t rows = 3, width = 5;
  auto x = random_values(rows * width, 1), gain = random_values(width, 2), bias = random_values(width, 3);
  const auto d_out = random_values(rows * width, 4);
  std::vector<double> out(rows * width), mean(rows), scale(rows), d_x(rows * width), d_gain(width),
      d_bias(width);
  const auto loss = [&] {
    layernorm_forward_reference<double>(out, mean, scale, x, gain, bias, epsilon);
    return dot(out, d_out);
  };
  loss();
  layernorm_backward_reference<double>(d_x, d_gain, d_bias, d_out, x, gain, mean, scale);
  EXPECT_LT(largest_difference(d_x, numeric_gradient(x, loss)), 1e-8);
  EXPECT_LT(largest_difference(d_gain, numeric_gradient(gain, loss)), 1e-8);
  EXPECT_LT(largest_difference(d_bias, numeric_gradient(bias, loss)), 1e-8);
}

// Random rows far from zero, so that a mean that is not taken out would show.
struct Operands {
  std::vector<float> x, gain, bias, d_out, out, mean, scale, d_x, d_gain, d_bias;

  Operands(std::size_t rows, std::size_t width)
      : x(as_floats(random_values(rows * width, 1))),
        gain(as_floats(random_values(width, 2))),
        bias(as_floats(random_values(width, 3))),
        d_out(as_floats(random_values(rows * width, 4))),
        out(rows * width),
        mean(rows),
        scale(rows),
        d_x(as_floats(random_values(rows * width, 5))),
        d_gain(as_floats(random_values(width, 6))),
        d_bias(as_floats(random_values(width, 7))) {
    for (float& value : x) value += 3;
  }
  LayernormWeights weights() const { return {.gain = gain, .bias = bias}; }
  LayernormStatistics statistics() { return {.mean = mean, .scale = scale}; }
  void plain_forward() {
    layernorm_forward_reference<float>(out, mean, scale, x, gain, bias, static_cast<float>(epsilon));
  }
};

TEST(Layernorm, ForwardMatchesReferenceOverOddShapes) {
  for (const auto [rows, width] : shapes) {
    Operands fast(rows, width), plain(rows, width);
    plain.plain_forward();
    layernorm_forward<float>(fast.out, fast.statistics(), fast.x, fast.weights(), epsilon);
    EXPECT_LT(largest_difference(fast.out, plain.out), 2e-5) << rows << " x " << width;
    EXPECT_LT(largest_difference(fast.mean, plain.mean), 1e-6);
    EXPECT_LT(largest_difference(fast.scale, plain.scale), 1e-5);
    std::vector<Bf16> rounded(rows * width);
    layernorm_forward<Bf16>(rounded, fast.statistics(), fast.x, fast.weights(), epsilon);
    EXPECT_LT(largest_difference(as_floats(rounded), plain.out), 1.0 / 256);
  }
}

TEST(Layernorm, ResidualForwardIsAdditionThenNorm) {
  for (const auto [rows, width] : shapes) {
    Operands operands(rows, width), expected(rows, width);
    const auto delta = as_bf16(as_floats(random_values(rows * width, 8)));
    for (std::size_t i = 0; i < delta.size(); ++i) expected.x[i] += to_float(delta[i]);
    std::vector<Bf16> out(rows * width), expected_out(rows * width);
    std::vector<float> x_out(rows * width);
    layernorm_forward<Bf16>(expected_out, expected.statistics(), expected.x, expected.weights(), epsilon);
    residual_layernorm_forward<Bf16>(out, x_out, operands.statistics(), operands.x, delta, operands.weights(),
                                     epsilon);
    EXPECT_EQ(x_out, expected.x);
    EXPECT_EQ(operands.scale, expected.scale);
    EXPECT_EQ(as_floats(out), as_floats(expected_out));
  }
}

TEST(Layernorm, BackwardMatchesReferenceOverOddShapes) {
  for (const auto [rows, width] : shapes) {
    Operands fast(rows, width), plain(rows, width);
    plain.plain_forward();
    fast.plain_forward();
    layernorm_backward_reference<float>(plain.d_x, plain.d_gain, plain.d_bias, plain.d_out, plain.x,
                                        plain.gain, plain.mean, plain.scale);
    std::vector<float> rounded(rows * width);
    layernorm_backward<float>(fast.d_x, rounded, {.gain = fast.d_gain, .bias = fast.d_bias}, fast.d_out,
                              fast.x, fast.weights(), fast.statistics());
    EXPECT_LT(largest_difference(fast.d_x, plain.d_x), 1e-4) << rows << " x " << width;
    EXPECT_LT(largest_difference(fast.d_gain, plain.d_gain), 1e-5);
    EXPECT_LT(largest_difference(fast.d_bias, plain.d_bias), 1e-5);
    EXPECT_EQ(rounded, fast.d_x);
  }
}

}  // namespace
}  // namespace preceptor::engine::test
