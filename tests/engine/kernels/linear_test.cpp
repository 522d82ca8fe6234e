#include "engine/kernels/linear.hpp"

#include <gtest/gtest.h>

#include "engine/kernels/row_linear.hpp"
#include "engine/kernels/threads.hpp"
#include "tests/kernels/finite_differences.hpp"

namespace preceptor::engine::test {
namespace {

struct Shape {
  std::int32_t rows, out, in;
};
const Shape shapes[] = {{1, 1, 1}, {5, 7, 3}, {64, 37, 20}, {192, 80, 48}, {67, 33, 130}};

std::size_t size(std::int32_t a, std::int32_t b) {
  return static_cast<std::size_t>(a) * static_cast<std::size_t>(b);
}

// a (rows, depth) · b (depth, columns), either of them transposed in memory
std::vector<float> product(const std::vector<float>& a, const std::vector<float>& b, Shape s, bool a_turned,
                           bool b_turned) {
  const auto [rows, columns, depth] = s;
  std::vector<float> out;
  for (std::int32_t row = 0; row < rows; ++row) {
    for (std::int32_t column = 0; column < columns; ++column) {
      double sum = 0;
      for (std::int32_t k = 0; k < depth; ++k) {
        sum += double(a[static_cast<std::size_t>(a_turned ? k * rows + row : row * depth + k)]) *
               double(b[static_cast<std::size_t>(b_turned ? column * depth + k : k * columns + column)]);
      }
      out.push_back(static_cast<float>(sum));
    }
  }
  return out;
}

TEST(Linear, MatchesPlainProductsInFp32) {
  for (const auto [rows, out, in] : shapes) {
    const auto weight = as_floats(random_values(size(out, in), 1)),
               x = as_floats(random_values(size(rows, in), 2));
    const auto d_out = as_floats(random_values(size(rows, out), 3));
    Linear<float> linear(out, in);
    linear.pack(weight);
    linear.pack_for_backward(weight);
    std::vector<float> y(size(rows, out)), d_x(size(rows, in)), d_weight(size(out, in), 2.0F);
    linear.forward(y, x, rows);
    EXPECT_LT(largest_difference(y, product(x, weight, {rows, out, in}, false, true)), 1e-5);
    linear.backward_input(d_x, d_out, rows);
    EXPECT_LT(largest_difference(d_x, product(d_out, weight, {rows, in, out}, false, false)), 1e-5);
    linear.backward_weight(d_weight, d_out, x, rows);
    auto expected = product(d_out, x, {out, in, rows}, true, false);
    for (float& value : expected) value += 2.0F;
    EXPECT_LT(largest_difference(d_weight, expected), 1e-4);
  }
}

TEST(Linear, AddsABiasBeforeRounding) {
  for (const auto [rows, out, in] : shapes) {
    const auto weight = as_floats(random_values(size(out, in), 1)),
               x = as_floats(random_values(size(rows, in), 2));
    const auto bias = as_floats(random_values(size(out, 1), 3));
    Linear<float> linear(out, in);
    linear.pack(weight);
    std::vector<float> y(size(rows, out));
    linear.forward(y, x, rows, bias);
    auto expected = product(x, weight, {rows, out, in}, false, true);
    for (std::size_t i = 0; i < expected.size(); ++i) expected[i] += bias[i % bias.size()];
    EXPECT_LT(largest_difference(y, expected), 1e-5);
    if (!cpu_has_bf16()) continue;
    Linear<Bf16> rounded(out, in);
    rounded.pack(as_floats(as_bf16(weight)));
    const auto x_rounded = as_bf16(x);
    std::vector<Bf16> y_rounded(size(rows, out));
    rounded.forward(y_rounded, x_rounded, rows, bias);
    expected = product(as_floats(x_rounded), as_floats(as_bf16(weight)), {rows, out, in}, false, true);
    for (std::size_t i = 0; i < expected.size(); ++i) expected[i] += bias[i % bias.size()];
    EXPECT_LT(largest_difference(as_floats(y_rounded), expected), 1.0 / 256);
  }
}

TEST(Linear, RoundsOperandsToBf16AndSumsInFp32) {
  if (!cpu_has_bf16()) {
    EXPECT_EQ(usable_precision(Precision::bf16), Precision::fp32);
    return;
  }
  for (const auto [rows, out, in] : shapes) {
    const auto weight = as_floats(as_bf16(as_floats(random_values(size(out, in), 1))));
    const auto x = as_bf16(as_floats(random_values(size(rows, in), 2)));
    const auto d_out = as_bf16(as_floats(random_values(size(rows, out), 3)));
    Linear<Bf16> linear(out, in);
    linear.pack(weight);
    linear.pack_for_backward(weight);
    std::vector<float> y(size(rows, out)), d_weight(size(out, in));
    std::vector<Bf16> d_x(size(rows, in)), y_rounded(size(rows, out));
    linear.forward_fp32(y, x, rows);
    EXPECT_LT(largest_difference(y, product(as_floats(x), weight, {rows, out, in}, false, true)), 1e-5);
    linear.forward(y_rounded, x, rows);
    EXPECT_LT(largest_difference(as_floats(y_rounded), y), 1.0 / 256);
    linear.backward_input(d_x, d_out, rows);
    EXPECT_LT(
        largest_difference(as_floats(d_x), product(as_floats(d_out), weight, {rows, in, out}, false, false)),
        1.0 / 256);
    linear.backward_weight(d_weight, d_out, x, rows);
    EXPECT_LT(
        largest_difference(d_weight, product(as_floats(d_out), as_floats(x), {out, in, rows}, true, false)),
        1e-4);
  }
}

TEST(Linear, PackingAgainReplacesTheWeights) {
  Linear<float> linear(3, 2);
  const std::vector<float> x = {1, 1}, first = {1, 2, 3, 4, 5, 6}, second = {0, 0, 1, 0, 0, 1};
  std::vector<float> y(3);
  linear.pack(first);
  linear.forward(y, x, 1);
  EXPECT_EQ(y, (std::vector<float>{3, 7, 11}));
  linear.pack(second);
  linear.forward(y, x, 1);
  EXPECT_EQ(y, (std::vector<float>{0, 1, 1}));
}

class RowLinearTest : public ::testing::TestWithParam<Precision> {};

TEST_P(RowLinearTest, MatchesReferenceOverOddShapes) {
  for (const auto [rows, out, in] : shapes) {
    auto weight = as_floats(random_values(size(out, in), 1)), x = as_floats(random_values(size(rows, in), 2));
    if (usable_precision(GetParam()) == Precision::bf16) {
      weight = as_floats(as_bf16(weight));
      x = as_floats(as_bf16(x));
    }
    RowLinear linear(out, in, GetParam());
    linear.pack(weight);
    std::vector<float> y(size(rows, out)), expected(size(rows, out));
    linear.forward(y, x, rows);
    row_linear_reference(expected, x, weight, rows, out, in);
    EXPECT_LT(largest_difference(y, expected), 2e-5) << rows << " " << out << " " << in;
  }
}

TEST_P(RowLinearTest, GivesARowTheSameBitsAloneAndAmongOthersAndWithAnyThreads) {
  const std::int32_t rows = 64, out = 75, in = 131;
  const auto weight = as_floats(random_values(size(out, in), 1)),
             x = as_floats(random_values(size(rows, in), 2));
  RowLinear linear(out, in, GetParam());
  linear.pack(weight);
  std::vector<float> together(size(rows, out)), alone(static_cast<std::size_t>(out));
  {
    const ThreadScope threads(3);
    linear.forward(together, x, rows);
  }
  const ThreadScope threads(1);
  for (std::int32_t row = 0; row < rows; ++row) {
    linear.forward(alone, std::span(x).subspan(size(row, in), static_cast<std::size_t>(in)), 1);
    for (std::int32_t i = 0; i < out; ++i)
      ASSERT_EQ(alone[size(i, 1)], together[size(row, out) + size(i, 1)]);
  }
}

INSTANTIATE_TEST_SUITE_P(Precisions, RowLinearTest, ::testing::Values(Precision::fp32, Precision::bf16),
                         [](const auto& info) { return info.param == Precision::fp32 ? "fp32" : "bf16"; });

}  // namespace
}  // namespace preceptor::engine::test
