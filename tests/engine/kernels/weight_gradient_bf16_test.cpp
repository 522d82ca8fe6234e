#include "engine/kernels/weight_gradient_bf16.hpp"

#include <gtest/gtest.h>

#include "engine/kernels/threads.hpp"
#include "tests/kernels/finite_differences.hpp"

namespace preceptor::engine::test {
namespace {

struct Shape {
  std::int32_t rows, out, in;
};

std::vector<Bf16> values(std::int32_t rows, std::int32_t width, std::uint64_t seed) {
  return as_bf16(
      as_floats(random_values(static_cast<std::size_t>(rows) * static_cast<std::size_t>(width), seed)));
}

std::vector<float> gradient(const Shape& s, int threads) {
  const ThreadScope scope(threads);
  std::vector<float> sums(static_cast<std::size_t>(s.out) * static_cast<std::size_t>(s.in), 0.5F);
  add_weight_gradient_bf16(sums, values(s.rows, s.out, 1), values(s.rows, s.in, 2), s.rows);
  return sums;
}

// On a processor that cannot multiply bf16 the kernel is never called; the reference is tested all the same.
std::vector<float> gradient_here(const Shape& s, int threads) {
  if (cpu_has_bf16()) return gradient(s, threads);
  std::vector<float> sums(static_cast<std::size_t>(s.out) * static_cast<std::size_t>(s.in), 0.5F);
  add_weight_gradient_reference(sums, values(s.rows, s.out, 1), values(s.rows, s.in, 2), s.rows);
  return sums;
}

// Sums in double of the same products, element by element in another order than the reference's loops.
std::vector<float> plain(const Shape& s) {
  const auto d_out = as_floats(values(s.rows, s.out, 1)), x = as_floats(values(s.rows, s.in, 2));
  std::vector<double> sums(static_cast<std::size_t>(s.out) * static_cast<std::size_t>(s.in), 0.5);
  for (std::int32_t row = s.rows; row-- > 0;) {
    for (std::int32_t o = 0; o < s.out; ++o) {
      for (std::int32_t i = 0; i < s.in; ++i) {
        sums[static_cast<std::size_t>(o * s.in + i)] +=
            double{d_out[static_cast<std::size_t>(row * s.out + o)]} *
            x[static_cast<std::size_t>(row * s.in + i)];
      }
    }
  }
  return {sums.begin(), sums.end()};
}

TEST(WeightGradient, IsThePlainSumOverOddShapes) {
  for (const Shape& s :
       {Shape{1, 1, 1}, Shape{2, 8, 48}, Shape{5, 7, 3}, Shape{64, 37, 20}, Shape{67, 33, 130},
        Shape{192, 80, 48}, Shape{31, 65, 49}, Shape{1025, 40, 97}, Shape{2051, 9, 16}, Shape{70, 64, 700}}) {
    EXPECT_LT(largest_difference(gradient_here(s, 2), plain(s)), 3e-4)
        << s.rows << " " << s.out << " " << s.in;
  }
}

TEST(WeightGradient, HasTheSameBitsWithAnyNumberOfThreads) {
  const Shape s{1100, 200, 300};
  const auto alone = gradient_here(s, 1);
  EXPECT_EQ(alone, gradient_here(s, 2));
  EXPECT_EQ(alone, gradient_here(s, 3));
}

TEST(WeightGradient, OfNoRowsIsNothing) {
  std::vector<float> sums(6, 1.0F);
  add_weight_gradient_bf16(sums, {}, {}, 0);
  EXPECT_EQ(sums, std::vector<float>(6, 1.0F));
}

}  // namespace
}  // namespace preceptor::engine::test
