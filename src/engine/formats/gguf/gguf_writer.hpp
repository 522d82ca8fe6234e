#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/formats/gguf/block_type.hpp"
#include "engine/formats/gguf/gguf_value.hpp"

namespace preceptor::engine {

// The metadata of a GGUF file to be, in order.
class GgufKeys {
public:
  void whole(std::string_view key, std::int64_t value);  // as uint32, which readers expect; 0 <= value
  void real(std::string_view key, float value);
  void flag(std::string_view key, bool value);
  void text(std::string_view key, std::string_view value);
  void texts(std::string_view key, std::span<const std::string> values);
  void wholes(std::string_view key, std::span<const std::int32_t> values);  // as int32
  void reals(std::string_view key, std::span<const float> values);
  void flags(std::string_view key, const std::vector<bool>& values);

  std::size_t count() const { return count_; }
  std::string_view bytes() const { return bytes_; }

private:
  void begin(std::string_view key, GgufType type);
  void begin_array(std::string_view key, GgufType element, std::size_t count);

  std::string bytes_;
  std::size_t count_ = 0;
};

struct GgufTensorToWrite {
  std::string name;
  std::vector<std::int64_t> shape;  // rows first; at most four dimensions
  BlockType type = BlockType::f32;  // one that pack_blocks() writes; rows are whole blocks

  std::size_t count() const;
};

// Streams the tensors, in the given order, into a file of version 3 that appears under `path` only when
// complete and on disk; `arranged(index)` gives a tensor's values just before they are written. Throws
// Failure.
void write_gguf(const std::filesystem::path& path, const GgufKeys& keys,
                std::span<const GgufTensorToWrite> tensors,
                const std::function<std::span<const float>(std::size_t index)>& arranged);

}  // namespace preceptor::engine
