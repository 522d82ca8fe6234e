#include "engine/formats/gguf/block_quanta.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include "base/random.hpp"
#include "engine/formats/gguf/block_unpack_reference.hpp"
#include "engine/formats/half.hpp"

namespace preceptor::engine {
namespace {

constexpr std::array<BlockType, 8> types = {BlockType::q4_0, BlockType::q4_1, BlockType::q5_0,
                                            BlockType::q5_1, BlockType::q8_0, BlockType::q4_k,
                                            BlockType::q5_k, BlockType::q6_k};

// Random bytes but for the halves that scale a block, which are ordinary numbers.
std::vector<std::byte> random_blocks(Random& random, BlockType type, std::size_t count) {
  const BlockLayout layout = block_layout(type);
  std::vector<std::byte> bytes(count * layout.bytes);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.below(256));
  for (std::size_t block = 0; block < count; ++block) {
    for (const std::size_t at : {type == BlockType::q6_k ? std::size_t{208} : std::size_t{0},
                                 type == BlockType::q6_k ? std::size_t{208} : std::size_t{2}}) {
      if (at == 2 && (type == BlockType::q4_0 || type == BlockType::q5_0 || type == BlockType::q8_0))
        continue;
      const std::uint16_t half = float_to_half(static_cast<float>(random.normal()) * 0.01F);
      std::memcpy(&bytes[block * layout.bytes + at], &half, sizeof half);
    }
  }
  return bytes;
}

TEST(BlockQuanta, AreTheValuesOfTheReferenceTakenApart) {
  Random random(1);
  for (const BlockType type : types) {
    const BlockFormat format = *block_format(type);
    const std::size_t count = 3 * block_layout(type).values;
    const std::vector<std::byte> bytes = random_blocks(random, type, 3);
    std::vector<float> expected(count), scales(count / format.group), offsets(scales.size());
    std::vector<std::uint8_t> quanta(count);
    reference::unpack_blocks(expected, bytes, type);
    read_quanta({quanta, scales, offsets}, bytes, type);
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_LT(quanta[i], 1U << format.bits) << block_layout(type).name;
      const float scaled =
          scales[i / format.group] * static_cast<float>(static_cast<std::int32_t>(quanta[i]) - format.zero);
      ASSERT_FLOAT_EQ(scaled + offsets[i / format.group], expected[i]) << block_layout(type).name << ' ' << i;
      if (!format.has_offsets) {
        ASSERT_EQ(offsets[i / format.group], 0.0F);
      }
    }
  }
}

TEST(BlockQuanta, TakeHardlyMoreRoomThanInTheFile) {
  for (const BlockType type : types) {
    const BlockFormat format = *block_format(type);
    const BlockLayout layout = block_layout(type);
    const double held = static_cast<double>(format.block_bytes()) / static_cast<double>(format.weights());
    EXPECT_LE(held, 1.12 * layout.bytes / layout.values) << layout.name;
  }
}

TEST(BlockQuanta, NumbersThatAreNoIntegersHaveNoForm) {
  for (const BlockType type : {BlockType::f32, BlockType::f16, BlockType::bf16})
    EXPECT_FALSE(block_format(type).has_value());
}

}  // namespace
}  // namespace preceptor::engine
