#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/formats/gguf/block_unpack.cpp"
#include "engine/kernels/targets.hpp"
// clang-format off
#include "engine/kernels/simd-inl.hpp"
// clang-format on

#include <cassert>
#include <cmath>
#include <cstring>

#include "engine/formats/gguf/block_unpack.hpp"
#include "engine/formats/gguf/block_unpack_reference.hpp"
#include "engine/kernels/parallel.hpp"

HWY_BEFORE_NAMESPACE();
namespace preceptor::engine::HWY_NAMESPACE {
namespace {

using Bytes = const std::uint8_t*;
using Part = hn::CappedTag<float, 16>;  // the parts with a scale of their own have 16 or 32 values
using Whole = hn::RebindToSigned<Part>;
using WholeVector = hn::Vec<Whole>;
using PartVector = hn::Vec<Part>;

HWY_INLINE WholeVector whole(Bytes from) {
  return hn::PromoteTo(Whole(), hn::LoadU(hn::Rebind<std::uint8_t, Part>(), from));
}
HWY_INLINE PartVector real(WholeVector value) { return hn::ConvertTo(Part(), value); }
HWY_INLINE WholeVector low(WholeVector byte) { return hn::And(byte, hn::Set(Whole(), 15)); }
HWY_INLINE WholeVector high(WholeVector byte) { return hn::ShiftRight<4>(byte); }

// Bits first, first + 1, … of 32, as 16s.
HWY_INLINE WholeVector fifth_bit(std::uint32_t bits, int first) {
  const hn::RebindToUnsigned<Part> d;
  const auto shifted = hn::Shr(hn::Set(d, bits), hn::Iota(d, static_cast<std::uint32_t>(first)));
  return hn::BitCast(Whole(), hn::ShiftLeft<4>(hn::And(shifted, hn::Set(d, 1U))));
}

HWY_INLINE int step() { return static_cast<int>(hn::Lanes(Part())); }

HWY_INLINE void store_scaled(float* out, WholeVector quantum, PartVector scale) {
  hn::StoreU(hn::Mul(scale, real(quantum)), Part(), out);
}
HWY_INLINE void store_shifted(float* out, WholeVector quantum, PartVector scale, PartVector offset) {
  hn::StoreU(hn::Add(hn::Mul(scale, real(quantum)), offset), Part(), out);
}

// Blocks of 32 with nibbles: quantum(low or high nibbles, index of the first value) is what the scale
// multiplies.
template <class Store>
HWY_INLINE void each_nibble(Bytes nibbles, const Store& store) {
  for (int i = 0; i < 16; i += step()) {
    const WholeVector byte = whole(nibbles + i);
    store(i, low(byte));
    store(i + 16, high(byte));
  }
}

HWY_INLINE void block_q4_0(float* out, Bytes block) {
  const PartVector scale = hn::Set(Part(), reference::half_at(block));
  each_nibble(block + 2, [&](int i, WholeVector quantum) HWY_ATTR {
    store_scaled(out + i, hn::Sub(quantum, hn::Set(Whole(), 8)), scale);
  });
}

HWY_INLINE void block_q4_1(float* out, Bytes block) {
  const PartVector scale = hn::Set(Part(), reference::half_at(block));
  const PartVector offset = hn::Set(Part(), reference::half_at(block + 2));
  each_nibble(block + 4,
              [&](int i, WholeVector quantum) HWY_ATTR { store_shifted(out + i, quantum, scale, offset); });
}

HWY_INLINE void block_q5_0(float* out, Bytes block) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, block + 2, sizeof bits);
  const PartVector scale = hn::Set(Part(), reference::half_at(block));
  each_nibble(block + 6, [&](int i, WholeVector quantum) HWY_ATTR {
    const WholeVector five = hn::Or(quantum, fifth_bit(bits, i));
    store_scaled(out + i, hn::Sub(five, hn::Set(Whole(), 16)), scale);
  });
}

HWY_INLINE void block_q5_1(float* out, Bytes block) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, block + 4, sizeof bits);
  const PartVector scale = hn::Set(Part(), reference::half_at(block));
  const PartVector offset = hn::Set(Part(), reference::half_at(block + 2));
  each_nibble(block + 8, [&](int i, WholeVector quantum) HWY_ATTR {
    store_shifted(out + i, hn::Or(quantum, fifth_bit(bits, i)), scale, offset);
  });
}

HWY_INLINE void block_q8_0(float* out, Bytes block) {
  const PartVector scale = hn::Set(Part(), reference::half_at(block));
  const auto* values = reinterpret_cast<const std::int8_t*>(block + 2);
  for (int i = 0; i < 32; i += step()) {
    const auto narrow = hn::LoadU(hn::Rebind<std::int8_t, Part>(), values + i);
    store_scaled(out + i, hn::PromoteTo(Whole(), narrow), scale);
  }
}

struct PartFactors {
  PartVector scale, offset;  // the offset is negative: value = scale * quantum + offset
};
HWY_INLINE PartFactors k_factors(Bytes block, int part) {
  const reference::PartScale packed = reference::part_scale(block + 4, part);
  return {hn::Set(Part(), reference::half_at(block) * static_cast<float>(packed.scale)),
          hn::Set(Part(), -(reference::half_at(block + 2) * static_cast<float>(packed.offset)))};
}

HWY_INLINE void block_q4_k(float* out, Bytes block) {
  for (int pair = 0; pair < 4; ++pair) {
    const PartFactors first = k_factors(block, 2 * pair);
    const PartFactors second = k_factors(block, 2 * pair + 1);
    for (int i = 0; i < 32; i += step()) {
      const WholeVector byte = whole(block + 16 + pair * 32 + i);
      store_shifted(out + pair * 64 + i, low(byte), first.scale, first.offset);
      store_shifted(out + pair * 64 + 32 + i, high(byte), second.scale, second.offset);
    }
  }
}

HWY_INLINE void block_q5_k(float* out, Bytes block) {
  const WholeVector one = hn::Set(Whole(), 1);
  for (int pair = 0; pair < 4; ++pair) {
    const PartFactors first = k_factors(block, 2 * pair);
    const PartFactors second = k_factors(block, 2 * pair + 1);
    for (int i = 0; i < 32; i += step()) {
      const WholeVector byte = whole(block + 48 + pair * 32 + i);
      const WholeVector bits = hn::ShiftRightSame(whole(block + 16 + i), 2 * pair);
      const WholeVector bit_low = hn::ShiftLeft<4>(hn::And(bits, one));
      const WholeVector bit_high = hn::ShiftLeft<4>(hn::And(hn::ShiftRight<1>(bits), one));
      store_shifted(out + pair * 64 + i, hn::Or(low(byte), bit_low), first.scale, first.offset);
      store_shifted(out + pair * 64 + 32 + i, hn::Or(high(byte), bit_high), second.scale, second.offset);
    }
  }
}

HWY_INLINE void block_q6_k(float* out, Bytes block) {
  const WholeVector three = hn::Set(Whole(), 3);
  const WholeVector bias = hn::Set(Whole(), 32);
  const float scale = reference::half_at(block + 208);
  for (int half = 0; half < 2; ++half) {
    for (int i = 0; i < 32; i += step()) {
      const WholeVector bits = whole(block + 128 + half * 32 + i);
      for (int quarter = 0; quarter < 4; ++quarter) {
        const WholeVector byte = whole(block + half * 64 + quarter % 2 * 32 + i);
        const WholeVector upper = hn::ShiftLeft<4>(hn::And(hn::ShiftRightSame(bits, 2 * quarter), three));
        const WholeVector quantum = hn::Or(quarter < 2 ? low(byte) : high(byte), upper);
        const int first = half * 128 + quarter * 32 + i;
        const auto part = static_cast<std::int8_t>(block[192 + first / 16]);
        store_scaled(out + first, hn::Sub(quantum, bias), hn::Set(Part(), scale * static_cast<float>(part)));
      }
    }
  }
}

HWY_INLINE void halves(float* out, Bytes from, std::size_t count) {
  std::size_t i = 0;
#if HWY_TARGET <= HWY_AVX2  // before F16C the library's conversion knows no infinities
  const hn::Rebind<hwy::float16_t, Part> half;
  const hn::Rebind<std::uint16_t, Part> bits;
  for (const std::size_t lanes = hn::Lanes(Part()); i + lanes <= count; i += lanes) {
    const auto stored = hn::LoadU(bits, reinterpret_cast<const std::uint16_t*>(from) + i);
    hn::StoreU(hn::PromoteTo(Part(), hn::BitCast(half, stored)), Part(), out + i);
  }
#endif
  for (; i < count; ++i) out[i] = reference::half_at(from + 2 * i);
}

template <class Block>
HWY_INLINE void each_block(float* out, Bytes from, std::size_t blocks, BlockLayout layout,
                           const Block& block) {
  for (std::size_t index = 0; index < blocks; ++index) {
    block(out + index * layout.values, from + index * layout.bytes);
  }
}

void unpack(float* out, Bytes from, std::size_t blocks, BlockType type) {
  const BlockLayout layout = block_layout(type);
  const auto run = [&](auto block) HWY_ATTR { each_block(out, from, blocks, layout, block); };
  switch (type) {
    case BlockType::f32: std::memcpy(out, from, blocks * sizeof(float)); break;
    case BlockType::f16: halves(out, from, blocks); break;
    case BlockType::bf16:
      for_each_vector(blocks, [&](auto loader, auto storer)
                                  HWY_ATTR { storer(loader(reinterpret_cast<const Bf16*>(from)), out); });
      break;
    case BlockType::q4_0: run([](float* to, Bytes block) HWY_ATTR { block_q4_0(to, block); }); break;
    case BlockType::q4_1: run([](float* to, Bytes block) HWY_ATTR { block_q4_1(to, block); }); break;
    case BlockType::q5_0: run([](float* to, Bytes block) HWY_ATTR { block_q5_0(to, block); }); break;
    case BlockType::q5_1: run([](float* to, Bytes block) HWY_ATTR { block_q5_1(to, block); }); break;
    case BlockType::q8_0: run([](float* to, Bytes block) HWY_ATTR { block_q8_0(to, block); }); break;
    case BlockType::q4_k: run([](float* to, Bytes block) HWY_ATTR { block_q4_k(to, block); }); break;
    case BlockType::q5_k: run([](float* to, Bytes block) HWY_ATTR { block_q5_k(to, block); }); break;
    case BlockType::q6_k: run([](float* to, Bytes block) HWY_ATTR { block_q6_k(to, block); }); break;
  }
}

}  // namespace
}  // namespace preceptor::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace preceptor::engine {

HWY_EXPORT(unpack);

namespace {

constexpr std::size_t values_per_part = std::size_t{1} << 16U;

// A vector keeps its bits when the memory it came from has any alignment; a pointer to Bf16 must not.
bool aligned_for(BlockType type, const std::byte* bytes) {
  return (type != BlockType::f16 && type != BlockType::bf16) ||
         reinterpret_cast<std::uintptr_t>(bytes) % alignof(std::uint16_t) == 0;
}

}  // namespace

void unpack_blocks(std::span<float> out, std::span<const std::byte> bytes, BlockType type) {
  const BlockLayout layout = block_layout(type);
  assert(out.size() / layout.values * layout.bytes == bytes.size());
  if (!aligned_for(type, bytes.data())) return reference::unpack_blocks(out, bytes, type);
  const auto kernel = &HWY_DYNAMIC_DISPATCH(unpack);
  const auto* from = reinterpret_cast<const std::uint8_t*>(bytes.data());
  parallel_blocks(
      out.size() / layout.values, values_per_part / layout.values, [&](std::size_t begin, std::size_t end) {
        kernel(out.data() + begin * layout.values, from + begin * layout.bytes, end - begin, type);
      });
}

}  // namespace preceptor::engine
#endif
