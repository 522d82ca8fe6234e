#include "engine/formats/gguf/gguf_file.hpp"

#include <fstream>

#include "engine/formats/gguf/gguf_header.hpp"

namespace preceptor::engine {

Result<GgufFile> GgufFile::open(const std::filesystem::path& path) {
  auto mapped = MappedFile::open(path);
  if (!mapped) return tl::unexpected(mapped.error());
  GgufFile file(path, std::move(*mapped));
  auto header = parse_gguf(file.file_.bytes(), path.string());
  if (!header) return tl::unexpected(header.error());
  file.version_ = header->version;
  file.metadata_ = std::move(header->metadata);
  file.tensors_ = std::move(header->tensors);
  for (std::size_t index = 0; index < file.tensors_.size(); ++index) {
    file.by_name_.emplace(file.tensors_[index].name, index);
  }
  return file;
}

const GgufValue* GgufFile::find(std::string_view key) const {
  const auto found = metadata_.find(key);
  return found == metadata_.end() ? nullptr : &found->second;
}

const GgufTensor* GgufFile::tensor(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &tensors_[found->second];
}

bool looks_like_gguf(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return false;
  char begin[4] = {};
  std::ifstream(path, std::ios::binary).read(begin, sizeof begin);
  return std::string_view(begin, sizeof begin) == "GGUF";
}

}  // namespace preceptor::engine
