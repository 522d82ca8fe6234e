#include "engine/kernels/part_rmsnorm.hpp"

#include <gtest/gtest.h>

#include "engine/kernels/rmsnorm_reference.hpp"
#include "tests/kernels/finite_differences.hpp"

namespace preceptor::engine::test {
namespace {

constexpr float epsilon = 1e-5F;

struct Case {
  std::size_t rows, parts, width, x_step, out_step;
  float gain_offset;
};
const Case cases[] = {
    {1, 1, 1, 1, 1, 0}, {3, 2, 5, 10, 13, 1}, {70, 3, 6, 25, 18, 0}, {130, 1, 33, 33, 33, 1}};

PartRows rows_of(const Case& one) {
  return {.parts = static_cast<std::int32_t>(one.parts),
          .x_step = static_cast<std::int32_t>(one.x_step),
          .out_step = static_cast<std::int32_t>(one.out_step)};
}

// Every part on its own through the reference, whose gain is the sum of gain and offset.
struct Expected {
  std::vector<float> out, scale, d_x, d_gain;

  Expected(const Case& one, const std::vector<float>& x, const std::vector<float>& gain,
           const std::vector<float>& d_out, std::vector<float> start_out, std::vector<float> start_d_gain)
      : out(start_out), scale(one.rows * one.parts), d_x(d_out), d_gain(std::move(start_d_gain)) {
    std::vector<float> whole_gain = gain;
    for (float& value : whole_gain) value += one.gain_offset;
    for (std::size_t i = 0; i < scale.size(); ++i) {
      const std::size_t from = i / one.parts * one.x_step + i % one.parts * one.width;
      const std::size_t to = i / one.parts * one.out_step + i % one.parts * one.width;
      const std::span<const float> part = std::span(x).subspan(from, one.width);
      const std::span<float> part_scale(&scale[i], 1);
      rmsnorm_forward_reference<float>(std::span(out).subspan(to, one.width), part_scale, part, whole_gain,
                                       epsilon);
      std::vector<float> d_part(one.width);
      rmsnorm_backward_reference<float>(d_part, d_gain, std::span(d_out).subspan(to, one.width), part,
                                        whole_gain, part_scale);
      std::ranges::copy(d_part, d_x.begin() + static_cast<std::ptrdiff_t>(to));
    }
  }
};

TEST(PartRmsnorm, MatchesReferenceAndLeavesOtherColumnsAlone) {
  for (const Case& one : cases) {
    const auto x = as_floats(random_values(one.rows * one.x_step, 1)),
               gain = as_floats(random_values(one.width, 2));
    const auto d_out = as_floats(random_values(one.rows * one.out_step, 3));
    auto out = as_floats(random_values(one.rows * one.out_step, 4)),
         d_gain = as_floats(random_values(one.width, 5));
    const Expected expected(one, x, gain, d_out, out, d_gain);
    std::vector<float> scale(one.rows * one.parts), d_x = d_out;
    part_rmsnorm_forward<float>(out, scale, x, rows_of(one), gain, epsilon, one.gain_offset);
    EXPECT_LT(largest_difference(out, expected.out), 1e-6) << one.rows;
    EXPECT_LT(largest_difference(scale, expected.scale), 1e-6) << one.rows;
    part_rmsnorm_backward<float>(d_x, d_gain, d_x, x, rows_of(one), gain, scale, one.gain_offset);
    EXPECT_LT(largest_difference(d_x, expected.d_x), 1e-5) << one.rows;
    EXPECT_LT(largest_difference(d_gain, expected.d_gain), 1e-4) << one.rows;
  }
}

TEST(PartRmsnorm, WorksInPlace) {
  const Case one{5, 3, 6, 20, 20, 1};
  auto x = as_floats(random_values(one.rows * one.x_step, 1));
  const auto gain = as_floats(random_values(one.width, 2));
  std::vector<float> out = x, scale(one.rows * one.parts);
  part_rmsnorm_forward<float>(out, scale, x, rows_of(one), gain, epsilon, 1);
  part_rmsnorm_forward<float>(x, scale, x, rows_of(one), gain, epsilon, 1);
  EXPECT_EQ(x, out);
}

TEST(PartRmsnorm, Bf16RoundsOnlyOperandsAndResults) {
  const Case one{9, 2, 10, 20, 20, 0};
  const auto x = as_bf16(as_floats(random_values(one.rows * one.x_step, 1)));
  const auto d_out = as_bf16(as_floats(random_values(one.rows * one.out_step, 3)));
  const auto gain = as_floats(random_values(one.width, 2));
  const Expected expected(one, as_floats(x), gain, as_floats(d_out), as_floats(x),
                          std::vector<float>(one.width));
  std::vector<Bf16> out = x, d_x = d_out;
  std::vector<float> scale(one.rows * one.parts), d_gain(one.width);
  part_rmsnorm_forward<Bf16>(out, scale, x, rows_of(one), gain, epsilon);
  EXPECT_LT(largest_difference(as_floats(out), expected.out), 1.0 / 256);
  part_rmsnorm_backward<Bf16>(d_x, d_gain, d_out, x, rows_of(one), gain, scale);
  EXPECT_LT(largest_difference(as_floats(d_x), expected.d_x), 1.0 / 256);
  EXPECT_LT(largest_difference(d_gain, expected.d_gain), 1e-4);
}

}  // namespace
}  // namespace preceptor::engine::test
