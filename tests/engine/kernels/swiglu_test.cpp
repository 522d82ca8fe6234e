#include "engine/kernels/swiglu.hpp"

#include <gtest/gtest.h>

#include "engine/kernels/swiglu_reference.hpp"
#include "tests/kernels/finite_differences.hpp"

namespace preceptor::engine::test {
namespace {

struct Shape {
  std::size_t rows, width;
};
const Shape shapes[] = {{1, 1}, {3, 7}, {2, 16}, {70, 19}, {5, 64}};

TEST(Swiglu, ReferenceBackwardMatchesFiniteDifferences) {
  const std::size_t rows = 3, width = 5;
  auto gate_up = random_values(rows * 2 * width, 1);
  const auto d_out = random_values(rows * width, 2);
  std::vector<double> out(rows * width), d_gate_up(gate_up.size());
  const auto loss = [&] {
    swiglu_forward_reference<double>(out, gate_up, width);
    return dot(out, d_out);
  };
  swiglu_backward_reference<double>(d_gate_up, d_out, gate_up, width);
  EXPECT_LT(largest_difference(d_gate_up, numeric_gradient(gate_up, loss)), 1e-8);
}

TEST(Swiglu, MatchesReferenceOverOddShapes) {
  for (const auto [rows, width] : shapes) {
    const auto gate_up = as_floats(random_values(rows * 2 * width, 1));
    const auto d_out = as_floats(random_values(rows * width, 2));
    std::vector<float> out(rows * width), expected(rows * width);
    std::vector<float> d_gate_up(gate_up.size()), expected_d(gate_up.size());
    swiglu_forward<float>(out, gate_up, static_cast<std::int32_t>(width));
    swiglu_forward_reference<float>(expected, gate_up, width);
    EXPECT_LT(largest_difference(out, expected), 1e-6) << rows << " x " << width;
    swiglu_backward<float>(d_gate_up, d_out, gate_up, static_cast<std::int32_t>(width));
    swiglu_backward_reference<float>(expected_d, d_out, gate_up, width);
    EXPECT_LT(largest_difference(d_gate_up, expected_d), 1e-6);
  }
}

TEST(Swiglu, Bf16RoundsOnlyOperandsAndResults) {
  const std::size_t rows = 9, width = 21;
  const auto gate_up = as_bf16(as_floats(random_values(rows * 2 * width, 1)));
  const auto d_out = as_bf16(as_floats(random_values(rows * width, 2)));
  std::vector<Bf16> out(rows * width), d_gate_up(gate_up.size());
  std::vector<float> expected(rows * width), expected_d(gate_up.size());
  swiglu_forward<Bf16>(out, gate_up, static_cast<std::int32_t>(width));
  swiglu_forward_reference<float>(expected, as_floats(gate_up), width);
  EXPECT_LT(largest_difference(as_floats(out), expected), 1.0 / 256);
  swiglu_backward<Bf16>(d_gate_up, d_out, gate_up, static_cast<std::int32_t>(width));
  swiglu_backward_reference<float>(expected_d, as_floats(d_out), as_floats(gate_up), width);
  EXPECT_LT(largest_difference(as_floats(d_gate_up), expected_d), 1.0 / 256);
}

TEST(Swiglu, StaysFiniteForExtremeGates) {
  const std::vector<float> gate_up = {-1000, 1000, -88, 88, 1, 1, 1, 1}, d_out = {1, 1, 1, 1};
  std::vector<float> out(4), d_gate_up(8);
  swiglu_forward<float>(out, gate_up, 4);
  EXPECT_LT(largest_difference(out, std::vector<float>{0, 1000, 0, 88}), 1e-6);
  swiglu_backward<float>(d_gate_up, d_out, gate_up, 4);
  EXPECT_LT(largest_difference(d_gate_up, std::vector<float>{0, 1, 0, 1, 0, 1000, 0, 88}), 1e-6);
}

}  // namespace
}  // namespace preceptor::engine::test
