#include "engine/kernels/activation.hpp"

#include <gtest/gtest.h>

#include "engine/kernels/activation_reference.hpp"
#include "tests/kernels/finite_differences.hpp"

namespace preceptor::engine::test {
namespace {

struct Shape {
  std::size_t rows, width;
};
const Shape shapes[] = {{1, 1}, {3, 7}, {2, 16}, {70, 19}, {5, 64}};

const Activation activations[] = {Activation::silu, Activation::gelu_tanh};

TEST(Activation, ReferenceBackwardMatchesFiniteDifferences) {
  const std::size_t rows = 3, width = 5;
  for (const Activation activation : activations) {
    auto gate_up = random_values(rows * 2 * width, 1);
    const auto d_out = random_values(rows * width, 2);
    std::vector<double> out(rows * width), d_gate_up(gate_up.size());
    const auto loss = [&] {
      gated_forward_reference<double>(out, gate_up, width, activation);
      return dot(out, d_out);
    };
    gated_backward_reference<double>(d_gate_up, d_out, gate_up, width, activation);
    EXPECT_LT(largest_difference(d_gate_up, numeric_gradient(gate_up, loss)), 1e-8);
  }
}

TEST(Activation, GatedMatchesReferenceOverOddShapes) {
  for (const Activation activation : activations) {
    for (const auto [rows, width] : shapes) {
      const auto gate_up = as_floats(random_values(rows * 2 * width, 1));
      const auto d_out = as_floats(random_values(rows * width, 2));
      std::vector<float> out(rows * width), expected(rows * width);
      std::vector<float> d_gate_up(gate_up.size()), expected_d(gate_up.size());
      gated_forward<float>(out, gate_up, static_cast<std::int32_t>(width), activation);
      gated_forward_reference<float>(expected, gate_up, width, activation);
      EXPECT_LT(largest_difference(out, expected), 1e-6) << rows << " x " << width;
      std::vector<float> again(out.size());
      gated_backward<float>(again, d_gate_up, d_out, gate_up, static_cast<std::int32_t>(width), activation);
      EXPECT_EQ(again, out) << rows << " x " << width;
      gated_backward_reference<float>(expected_d, d_out, gate_up, width, activation);
      EXPECT_LT(largest_difference(d_gate_up, expected_d), 1e-6);
    }
  }
}

TEST(Activation, PlainMatchesReferenceOverOddShapes) {
  for (const Activation activation : activations) {
    for (const std::size_t count : {1U, 15U, 64U, 40'001U}) {
      const auto x = as_floats(random_values(count, 1)), d_out = as_floats(random_values(count, 2));
      std::vector<float> out(count), d_x(count), expected(count), expected_d(count);
      for (std::size_t i = 0; i < count; ++i) {
        expected[i] = activation_reference(x[i], activation);
        expected_d[i] = d_out[i] * activation_slope_reference(x[i], activation);
      }
      activation_forward<float>(out, x, activation);
      std::vector<float> again(count);
      activation_backward<float>(again, d_x, d_out, x, activation);
      EXPECT_EQ(again, out) << count;
      EXPECT_LT(largest_difference(out, expected), 1e-6) << count;
      EXPECT_LT(largest_difference(d_x, expected_d), 1e-6) << count;
    }
  }
}

TEST(Activation, Bf16RoundsOnlyOperandsAndResults) {
  const std::size_t rows = 9, width = 21;
  for (const Activation activation : activations) {
    const auto gate_up = as_bf16(as_floats(random_values(rows * 2 * width, 1)));
    const auto d_out = as_bf16(as_floats(random_values(rows * width, 2)));
    std::vector<Bf16> out(rows * width), d_gate_up(gate_up.size());
    std::vector<float> expected(rows * width), expected_d(gate_up.size());
    gated_forward<Bf16>(out, gate_up, static_cast<std::int32_t>(width), activation);
    gated_forward_reference<float>(expected, as_floats(gate_up), width, activation);
    EXPECT_LT(largest_difference(as_floats(out), expected), 1.0 / 256);
    std::vector<Bf16> again(out.size());
    gated_backward<Bf16>(again, d_gate_up, d_out, gate_up, static_cast<std::int32_t>(width), activation);
    EXPECT_EQ(as_floats(again), as_floats(out));
    gated_backward_reference<float>(expected_d, as_floats(d_out), as_floats(gate_up), width, activation);
    EXPECT_LT(largest_difference(as_floats(d_gate_up), expected_d), 1.0 / 256);
  }
}

TEST(Activation, StaysFiniteForExtremeGates) {
  const std::vector<float> gate_up = {-1000, 1000, -88, 88, 1, 1, 1, 1}, d_out = {1, 1, 1, 1};
  for (const Activation activation : activations) {
    std::vector<float> out(4), d_gate_up(8);
    gated_forward<float>(out, gate_up, 4, activation);
    EXPECT_LT(largest_difference(out, std::vector<float>{0, 1000, 0, 88}), 1e-6);
    gated_backward<float>(out, d_gate_up, d_out, gate_up, 4, activation);
    EXPECT_LT(largest_difference(d_gate_up, std::vector<float>{0, 1, 0, 1, 0, 1000, 0, 88}), 1e-6);
  }
  const std::vector<float> huge = {-1e30F, 3e38F}, ones = {1, 1};
  std::vector<float> out(2), d_x(2);
  activation_forward<float>(out, huge, Activation::gelu_tanh);
  activation_backward<float>(out, d_x, ones, huge, Activation::gelu_tanh);
  EXPECT_NEAR(out[0], 0, 1e-6);
  EXPECT_EQ(out[1], 3e38F);
  EXPECT_LT(largest_difference(d_x, std::vector<float>{0, 1}), 1e-6);
}

}  // namespace
}  // namespace preceptor::engine::test
