#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"
#include "base/result.hpp"
#include "engine/formats/gguf/block_type.hpp"
#include "engine/formats/gguf/gguf_value.hpp"

namespace preceptor::engine {

struct GgufTensor {
  std::string_view name;
  std::uint32_t type = 0;  // a BlockType where layout.readable
  BlockLayout layout;
  std::vector<std::int64_t>
      shape;              // rows first, as safetensors has it; ggml names the fastest dimension first
  std::size_t count = 0;  // product of shape
  std::span<const std::byte> bytes;  // inside the mapped file
};

using GgufMetadata = std::map<std::string_view, GgufValue, std::less<>>;

// A mapped GGUF file, version 2 or 3, little-endian, whose whole header has been checked: every string, array
// and tensor lies inside the file, every block is whole, no two tensors overlap, no name appears twice.
// Nothing is copied but the header's structure.
class GgufFile {
public:
  // Refuses (not_found, corrupt, unsupported) with the file and, where there is one, the key or tensor.
  static Result<GgufFile> open(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  std::uint32_t version() const { return version_; }
  const GgufMetadata& metadata() const { return metadata_; }
  const GgufValue* find(std::string_view key) const;                // nullptr if absent
  std::span<const GgufTensor> tensors() const { return tensors_; }  // in file order
  const GgufTensor* tensor(std::string_view name) const;            // nullptr if absent

private:
  GgufFile(std::filesystem::path path, MappedFile file) : path_(std::move(path)), file_(std::move(file)) {}

  std::filesystem::path path_;
  MappedFile file_;
  std::uint32_t version_ = 0;
  GgufMetadata metadata_;
  std::vector<GgufTensor> tensors_;
  std::map<std::string_view, std::size_t, std::less<>> by_name_;
};

// Whether the file begins as a GGUF file does.
bool looks_like_gguf(const std::filesystem::path& path);

}  // namespace preceptor::engine
