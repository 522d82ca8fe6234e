#include <algorithm>
#include <cstring>

#include "engine/formats/safetensors.hpp"
#include "engine/formats/safetensors_header.hpp"

namespace preceptor::engine {
namespace {

constexpr std::size_t length_bytes = 8;

StoredType type_from(std::string_view name) {
  for (const StoredType type : {StoredType::f32, StoredType::f16, StoredType::bf16}) {
    if (name == name_of(type)) return type;
  }
  return StoredType::other;
}

std::string shape_text(std::span<const std::int64_t> shape) {
  std::string text = "[";
  for (const std::int64_t size : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(size);
  return text + "]";
}

}  // namespace

Result<SafetensorsFile> SafetensorsFile::open(const std::filesystem::path& path) {
  auto mapped = MappedFile::open(path);
  if (!mapped) return tl::unexpected(mapped.error());
  SafetensorsFile file(path, std::move(*mapped));
  const std::string name = path.string();
  const auto refused = [&](const std::string& problem) {
    return refuse(ErrorKind::corrupt, problem,
                  "The file is damaged or not a safetensors file; fetch it again.", name);
  };

  const std::span<const std::byte> bytes = file.file_.bytes();
  if (bytes.size() < length_bytes) {
    return refused("only " + std::to_string(bytes.size()) + " bytes, too short for a safetensors file");
  }
  std::uint64_t header_bytes = 0;
  std::memcpy(&header_bytes, bytes.data(), length_bytes);
  if (header_bytes > safetensors_header_bytes_max) {
    return refused("the header claims " + std::to_string(header_bytes) + " bytes, more than the limit of " +
                   std::to_string(safetensors_header_bytes_max));
  }
  if (header_bytes > bytes.size() - length_bytes) {
    return refused("the header claims " + std::to_string(header_bytes) + " bytes but the file ends after " +
                   std::to_string(bytes.size() - length_bytes));
  }
  const std::string_view header_text(reinterpret_cast<const char*>(bytes.data()) + length_bytes,
                                     header_bytes);
  const std::span<const std::byte> data = bytes.subspan(length_bytes + header_bytes);

  auto header = parse_safetensors_header(header_text, data.size(), name);
  if (!header) return tl::unexpected(header.error());
  file.metadata_ = std::move(header->metadata);
  for (SafetensorsEntry& entry : header->entries) {
    file.by_name_.emplace(entry.name, file.tensors_.size());
    const StoredType type = type_from(entry.type_name);
    file.tensors_.push_back({.name = std::move(entry.name),
                             .type_name = std::move(entry.type_name),
                             .type = type,
                             .shape = std::move(entry.shape),
                             .count = entry.count,
                             .bytes = data.subspan(entry.begin, entry.end - entry.begin)});
  }
  return file;
}

const StoredTensor* SafetensorsFile::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &tensors_[found->second];
}

Result<void> SafetensorsFile::check(const StoredTensor& tensor, std::span<const std::int64_t> shape) const {
  const std::string who = "tensor '" + tensor.name + "'";
  if (tensor.type == StoredType::other) {
    return refuse(ErrorKind::unsupported, who + " has dtype " + tensor.type_name,
                  "Convert the model to F32, F16 or BF16 weights.", path_.string());
  }
  if (!std::ranges::equal(tensor.shape, shape)) {
    return refuse(
        ErrorKind::invalid,
        who + " has shape " + shape_text(tensor.shape) + " but config.json asks for " + shape_text(shape),
        "The weights and config.json belong to different models.", path_.string());
  }
  return {};
}

}  // namespace preceptor::engine
