#include "engine/formats/stored_type.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

namespace preceptor::engine {
namespace {

TEST(StoredType, HalfPrecisionReadsNormalSubnormalAndSpecialValues) {
  EXPECT_EQ(float16_to_float(0x0000), 0.0F);
  EXPECT_TRUE(std::signbit(float16_to_float(0x8000)));
  EXPECT_EQ(float16_to_float(0x3c00), 1.0F);
  EXPECT_EQ(float16_to_float(0xc000), -2.0F);
  EXPECT_EQ(float16_to_float(0x3555), 0.333251953125F);
  EXPECT_EQ(float16_to_float(0x7bff), 65504.0F);
  EXPECT_EQ(float16_to_float(0x0400), std::ldexp(1.0F, -14));
  EXPECT_EQ(float16_to_float(0x0001), std::ldexp(1.0F, -24));
  EXPECT_EQ(float16_to_float(0x83ff), -std::ldexp(1023.0F, -24));
  EXPECT_EQ(float16_to_float(0x7c00), std::numeric_limits<float>::infinity());
  EXPECT_EQ(float16_to_float(0xfc00), -std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(float16_to_float(0x7e00)));
}

TEST(StoredType, ReadsFromAnyByteAddress) {
  const std::vector<float> values = {1.5F, -2.25F, 1e-20F};
  for (const StoredType type : {StoredType::f32, StoredType::bf16}) {
    std::vector<std::byte> bytes(1 + values.size() * bytes_per_value(type));
    const auto unaligned = std::span(bytes).subspan(1);
    from_floats(unaligned, values, type);
    std::vector<float> back(values.size());
    to_floats(back, unaligned, type);
    EXPECT_EQ(back[0], 1.5F);
    EXPECT_EQ(back[1], -2.25F);
    EXPECT_NEAR(back[2], 1e-20F, 1e-22F);
  }
}

TEST(StoredType, BrainFloatsRoundToNearestEven) {
  // Halfway between two brain floats: 1 + 2^-8 goes down to the even one, 1 + 3 * 2^-8 up.
  const std::vector<float> values = {1.0F + 0x1p-8F, 1.0F + 0x3p-8F, 1.0F + 0x1.01p-8F};
  std::vector<std::byte> bytes(6);
  from_floats(bytes, values, StoredType::bf16);
  std::vector<float> back(3);
  to_floats(back, bytes, StoredType::bf16);
  EXPECT_EQ(back, (std::vector<float>{1.0F, 1.0F + 0x4p-8F, 1.0F + 0x2p-8F}));
}

}  // namespace
}  // namespace preceptor::engine
