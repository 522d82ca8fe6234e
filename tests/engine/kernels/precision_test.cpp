#include "engine/kernels/precision.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/kernels/finite_differences.hpp"

namespace preceptor::engine::test {
namespace {

TEST(Bf16, RoundsToNearestWithTiesToEven) {
  const float step = std::ldexp(1.0F, -7);  // distance of bf16 neighbours just above 1
  EXPECT_EQ(to_float(to_bf16(1.0F + 0.49F * step)), 1.0F);
  EXPECT_EQ(to_float(to_bf16(1.0F + 0.51F * step)), 1.0F + step);
  EXPECT_EQ(to_float(to_bf16(1.0F + 0.5F * step)), 1.0F);
  EXPECT_EQ(to_float(to_bf16(1.0F + 1.5F * step)), 1.0F + 2 * step);
}

TEST(Bf16, KeepsInfinityAndNan) {
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(to_float(to_bf16(-infinity)), -infinity);
  EXPECT_EQ(to_float(to_bf16(std::numeric_limits<float>::max())), infinity);
  EXPECT_TRUE(std::isnan(to_float(to_bf16(std::bit_cast<float>(0x7F800001U)))));
  EXPECT_TRUE(std::isnan(to_float(to_bf16(std::bit_cast<float>(0xFFFFFFFFU)))));
}

TEST(Bf16, VectorsConvertAsScalarsDo) {
  auto values = as_floats(random_values(70003, 1));
  for (const std::uint32_t bits :
       {0U, 0x80000000U, 1U, 0x7F800000U, 0x7F800001U, 0xFFFFFFFFU, 0x3F808000U, 0x3F818000U}) {
    values.push_back(std::bit_cast<float>(bits));
  }
  std::vector<Bf16> rounded(values.size());
  std::vector<float> widened(values.size());
  convert(std::span<Bf16>(rounded), std::span<const float>(values));
  convert(std::span<float>(widened), std::span<const Bf16>(rounded));
  for (std::size_t i = 0; i < values.size(); ++i) {
    ASSERT_EQ(rounded[i].bits, to_bf16(values[i]).bits) << values[i];
    ASSERT_EQ(std::bit_cast<std::uint32_t>(widened[i]), std::uint32_t{rounded[i].bits} << 16U);
  }
}

}  // namespace
}  // namespace preceptor::engine::test
