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
#include "engine/formats/stored_type.hpp"

// The safetensors format: 8 bytes little-endian header length, a JSON header, then the tensors' bytes without
// holes (https://github.com/huggingface/safetensors#format).
namespace preceptor::engine {

struct StoredTensor {
  std::string name;
  std::string type_name;  // as in the file: "F32", "I64", …
  StoredType type = StoredType::other;
  std::vector<std::int64_t> shape;
  std::size_t count = 0;             // product of shape
  std::span<const std::byte> bytes;  // inside the mapped file
};

// A mapped file whose header has been checked in full: every tensor lies inside the file, none overlap, no
// byte is left over, no name appears twice. Nothing is copied before to_floats().
class SafetensorsFile {
public:
  // Refuses (invalid or corrupt) with the file and, where there is one, the tensor in the message.
  static Result<SafetensorsFile> open(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  std::span<const StoredTensor> tensors() const { return tensors_; }  // in file order
  const StoredTensor* find(std::string_view name) const;              // nullptr if absent
  const std::map<std::string, std::string>& metadata() const { return metadata_; }

  // Refuses a type that is not F32, F16 or BF16 and a shape that is not the one config.json asks for.
  Result<void> check(const StoredTensor& tensor, std::span<const std::int64_t> shape) const;

private:
  SafetensorsFile(std::filesystem::path path, MappedFile file)
      : path_(std::move(path)), file_(std::move(file)) {}

  std::filesystem::path path_;
  MappedFile file_;
  std::vector<StoredTensor> tensors_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
  std::map<std::string, std::string> metadata_;
};

struct TensorToWrite {
  std::string name;
  std::vector<std::int64_t> shape;
  std::span<const float> values;
};

// Streams the tensors, in the given order, into a file that appears under `path` only when complete and on
// disk. Throws Failure (out_of_space, internal); an older file under that name stays then. type: not `other`.
void write_safetensors(const std::filesystem::path& path, std::span<const TensorToWrite> tensors,
                       StoredType type, const std::map<std::string, std::string>& metadata = {});

}  // namespace preceptor::engine
