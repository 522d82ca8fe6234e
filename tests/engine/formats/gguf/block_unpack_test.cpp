#include "engine/formats/gguf/block_unpack.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <limits>

#include "base/random.hpp"
#include "engine/formats/gguf/block_unpack_reference.hpp"
#include "tests/formats/gguf/gguf_fixtures.hpp"

namespace preceptor::engine {
namespace {

constexpr std::array<BlockType, 11> readable = {
    BlockType::f32,  BlockType::f16,  BlockType::bf16, BlockType::q4_0, BlockType::q4_1, BlockType::q5_0,
    BlockType::q5_1, BlockType::q8_0, BlockType::q4_k, BlockType::q5_k, BlockType::q6_k};

BlockType type_called(const std::string& name) {
  for (const BlockType type : readable) {
    if (block_layout(type).name == name) return type;
  }
  ADD_FAILURE() << name;
  return BlockType::f32;
}

void expect_same_bits(std::span<const float> one, std::span<const float> other, std::string_view what) {
  ASSERT_EQ(one.size(), other.size());
  for (std::size_t i = 0; i < one.size(); ++i) {
    if (std::isnan(one[i]) && std::isnan(other[i])) continue;
    ASSERT_EQ(std::bit_cast<std::uint32_t>(one[i]), std::bit_cast<std::uint32_t>(other[i]))
        << what << ", value " << i << ": " << one[i] << " and " << other[i];
  }
}

TEST(BlockUnpack, GivesTheValuesThatTheReferenceImplementationGives) {
  ASSERT_EQ(gguf_golden().at("blocks").size(), readable.size());
  for (const auto& golden : gguf_golden().at("blocks")) {
    const auto name = golden.at("type").get<std::string>();
    const std::vector<std::byte> bytes = from_base64(golden.at("bytes").get<std::string>());
    const std::vector<float> expected = floats_of(golden.at("values").get<std::string>());
    std::vector<float> values(expected.size());
    unpack_blocks(values, bytes, type_called(name));
    expect_same_bits(values, expected, name);
    reference::unpack_blocks(values, bytes, type_called(name));
    expect_same_bits(values, expected, name + " (plain)");
  }
}

TEST(BlockUnpack, GivesTheBitsOfThePlainFormulasForAnyBytesAtAnyAddress) {
  Random random(7);
  for (const BlockType type : readable) {
    const BlockLayout layout = block_layout(type);
    for (const std::size_t blocks : {std::size_t{1}, std::size_t{2}, std::size_t{5}, std::size_t{513}}) {
      for (const std::size_t shift : {std::size_t{0}, std::size_t{1}}) {
        std::vector<std::byte> bytes(blocks * layout.bytes + shift);
        for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.next());
        const auto stored = std::span<const std::byte>(bytes).subspan(shift);
        std::vector<float> fast(blocks * layout.values);
        std::vector<float> plain(fast.size());
        unpack_blocks(fast, stored, type);
        reference::unpack_blocks(plain, stored, type);
        expect_same_bits(fast, plain, layout.name);
      }
    }
  }
}

TEST(BlockPack, WritesTheBytesThatTheReferenceImplementationWrites) {
  const auto& golden = gguf_golden().at("packed");
  const std::vector<float> values = floats_of(golden.at(0).at("values").get<std::string>());
  for (std::size_t index = 1; index < golden.size(); ++index) {
    const auto name = golden.at(index).at("type").get<std::string>();
    const std::vector<std::byte> expected = from_base64(golden.at(index).at("bytes").get<std::string>());
    std::vector<std::byte> bytes(expected.size());
    pack_blocks(bytes, values, type_called(name));
    EXPECT_EQ(bytes, expected) << name;
  }
}

TEST(BlockPack, KeepsEightBitsOfEveryValue) {
  Random random(3);
  std::vector<float> values(32 * 100);
  for (float& value : values) value = static_cast<float>(random.normal());
  std::vector<std::byte> bytes(values.size() / 32 * 34);
  pack_blocks(bytes, values, BlockType::q8_0);
  std::vector<float> back(values.size());
  unpack_blocks(back, bytes, BlockType::q8_0);
  for (std::size_t block = 0; block < values.size() / 32; ++block) {
    float largest = 0;
    for (std::size_t i = block * 32; i < block * 32 + 32; ++i)
      largest = std::max(largest, std::abs(values[i]));
    for (std::size_t i = block * 32; i < block * 32 + 32; ++i) {
      EXPECT_NEAR(back[i], values[i], largest / 127 * 0.5F * 1.01F + largest * 0x1p-10F) << i;
    }
  }
}

TEST(BlockPack, ABlockOfNothingStaysNothing) {
  std::vector<float> values(32, 0.0F);
  values[3] = 1e-44F;  // its scale would be too small to divide by
  std::vector<std::byte> bytes(34);
  pack_blocks(bytes, values, BlockType::q8_0);
  std::vector<float> back(32, 1.0F);
  unpack_blocks(back, bytes, BlockType::q8_0);
  for (const float value : back) EXPECT_EQ(value, 0.0F);
}

TEST(Half, EveryHalfSurvivesTheWayToFloatAndBack) {
  for (std::uint32_t bits = 0; bits < 0x10000U; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float value = half_to_float(half);
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(half_to_float(float_to_half(value))));
    } else {
      ASSERT_EQ(float_to_half(value), half) << bits;
    }
  }
}

TEST(Half, RoundsToTheNearestAndTiesToEven) {
  EXPECT_EQ(float_to_half(1.0F + 0x1p-11F), 0x3C00U);
  EXPECT_EQ(float_to_half(1.0F + 0x1p-11F + 0x1p-20F), 0x3C01U);
  EXPECT_EQ(float_to_half(1.0F + 3 * 0x1p-11F), 0x3C02U);
  EXPECT_EQ(float_to_half(0x1p-25F), 0x0000U);
  EXPECT_EQ(float_to_half(0x1.8p-25F), 0x0001U);
  EXPECT_EQ(float_to_half(65519.0F), 0x7BFFU);
  EXPECT_EQ(float_to_half(65520.0F), 0x7C00U);
  EXPECT_EQ(float_to_half(-std::numeric_limits<float>::infinity()), 0xFC00U);
}

}  // namespace
}  // namespace preceptor::engine
