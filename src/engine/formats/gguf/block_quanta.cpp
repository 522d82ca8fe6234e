#include "engine/formats/gguf/block_quanta.hpp"

#include <cstdint>

#include "engine/formats/gguf/block_unpack_reference.hpp"

namespace preceptor::engine {
namespace {

using reference::Bytes;
using reference::half_at;

constexpr std::size_t small = 32;   // values of the small blocks
constexpr std::size_t large = 256;  // values of the others

struct Row {
  std::uint8_t* quanta;
  float* scales;
  float* offsets;
};

void nibbles(std::uint8_t* quanta, Bytes from) {
  for (std::size_t i = 0; i < small / 2; ++i) {
    quanta[i] = from[i] & 15U;
    quanta[i + small / 2] = from[i] >> 4U;
  }
}

void fifth_bits(std::uint8_t* quanta, Bytes from) {
  for (std::size_t i = 0; i < small; ++i)
    quanta[i] = static_cast<std::uint8_t>(quanta[i] | ((from[i / 8] >> (i % 8)) & 1U) << 4U);
}

// A half, one more where there are offsets, four bytes of fifth bits where there are five, then nibbles.
void small_block(const Row& row, Bytes block, bool has_offset, bool has_fifth) {
  *row.scales = half_at(block);
  block += 2;
  if (has_offset) {
    *row.offsets = half_at(block);
    block += 2;
  }
  nibbles(row.quanta, block + (has_fifth ? 4 : 0));
  if (has_fifth) fifth_bits(row.quanta, block);
}

void byte_block(const Row& row, Bytes block) {
  *row.scales = half_at(block);
  for (std::size_t i = 0; i < small; ++i) row.quanta[i] = block[2 + i] ^ 0x80U;  // 128 added
}

// Q4_K and Q5_K: eight parts with six bits of scale and of offset; parts 2k and 2k + 1 share 32 bytes.
void k_block(const Row& row, Bytes block, bool has_fifth) {
  const float scale = half_at(block), offset = half_at(block + 2);
  for (std::size_t part = 0; part < large / small; ++part) {
    const auto packed = reference::part_scale(block + 4, static_cast<int>(part));
    row.scales[part] = scale * static_cast<float>(packed.scale);
    row.offsets[part] = -(offset * static_cast<float>(packed.offset));
    const Bytes low = block + (has_fifth ? 48 : 16) + part / 2 * small;
    for (std::size_t i = 0; i < small; ++i) {
      unsigned quantum = part % 2 == 0 ? low[i] & 15U : low[i] >> 4U;
      if (has_fifth) quantum |= ((block[16 + i] >> part) & 1U) << 4U;
      row.quanta[part * small + i] = static_cast<std::uint8_t>(quantum);
    }
  }
}

void six_bit_block(const Row& row, Bytes block) {
  const float scale = half_at(block + 208);
  for (std::size_t part = 0; part < 16; ++part)
    row.scales[part] = scale * static_cast<float>(static_cast<std::int8_t>(block[192 + part]));
  for (std::size_t quarter = 0; quarter < 8; ++quarter) {  // of both halves
    const std::size_t half = quarter / 4, within = quarter % 4;
    const Bytes low = block + half * 64 + within % 2 * small;
    const Bytes high = block + 128 + half * small;
    for (std::size_t i = 0; i < small; ++i) {
      const unsigned nibble = within < 2 ? low[i] & 15U : low[i] >> 4U;
      row.quanta[quarter * small + i] =
          static_cast<std::uint8_t>(nibble | ((high[i] >> (2 * within)) & 3U) << 4U);
    }
  }
}

void read_block(const Row& row, Bytes block, BlockType type) {
  switch (type) {
    case BlockType::q4_0: return small_block(row, block, false, false);
    case BlockType::q4_1: return small_block(row, block, true, false);
    case BlockType::q5_0: return small_block(row, block, false, true);
    case BlockType::q5_1: return small_block(row, block, true, true);
    case BlockType::q8_0: return byte_block(row, block);
    case BlockType::q4_k: return k_block(row, block, false);
    case BlockType::q5_k: return k_block(row, block, true);
    case BlockType::q6_k: return six_bit_block(row, block);
    default: return;  // no blocks of integers
  }
}

}  // namespace

std::optional<BlockFormat> block_format(BlockType type) {
  switch (type) {
    case BlockType::q4_0: return BlockFormat{4, 32, 8, false};
    case BlockType::q4_1: return BlockFormat{4, 32, 0, true};
    case BlockType::q5_0: return BlockFormat{5, 32, 16, false};
    case BlockType::q5_1: return BlockFormat{5, 32, 0, true};
    case BlockType::q8_0: return BlockFormat{8, 32, 128, false};
    case BlockType::q4_k: return BlockFormat{4, 32, 0, true};
    case BlockType::q5_k: return BlockFormat{5, 32, 0, true};
    case BlockType::q6_k: return BlockFormat{6, 16, 32, false};
    default: return std::nullopt;
  }
}

void read_quanta(const OutputQuanta& to, std::span<const std::byte> bytes, BlockType type) {
  const BlockLayout layout = block_layout(type);
  const std::size_t group = block_format(type)->group;
  const auto* from = reinterpret_cast<Bytes>(bytes.data());
  for (std::size_t first = 0; first < to.quanta.size(); first += layout.values, from += layout.bytes) {
    read_block({&to.quanta[first], &to.scales[first / group], &to.offsets[first / group]}, from, type);
  }
}

}  // namespace preceptor::engine
