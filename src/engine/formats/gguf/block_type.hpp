#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

// How ggml stores tensors: in blocks of a fixed number of values
// (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
namespace preceptor::engine {

// The numbers are those in the file. Only these are computed with; others are known by name and size.
enum class BlockType : std::uint32_t {
  f32 = 0,
  f16 = 1,
  q4_0 = 2,
  q4_1 = 3,
  q5_0 = 6,
  q5_1 = 7,
  q8_0 = 8,
  q4_k = 12,
  q5_k = 13,
  q6_k = 14,
  bf16 = 30,
};

struct BlockLayout {
  std::string_view name;  // "Q4_K"
  std::uint32_t values = 1;
  std::uint32_t bytes = 0;
  bool readable = false;  // to_floats() takes it
};

// Of any type that ggml defines; none for a number it does not.
std::optional<BlockLayout> block_layout(std::uint32_t type);
inline BlockLayout block_layout(BlockType type) { return *block_layout(static_cast<std::uint32_t>(type)); }

}  // namespace preceptor::engine
