#include <algorithm>
#include <cassert>
#include <cstring>
#include <nlohmann/json.hpp>
#include <vector>

#include "engine/formats/safetensors.hpp"

namespace preceptor::engine {
namespace {

constexpr std::size_t values_per_write = std::size_t{1} << 18;
constexpr std::size_t alignment_bytes = 8;

std::string header_text(std::span<const TensorToWrite> tensors, StoredType type,
                        const std::map<std::string, std::string>& metadata) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::size_t position = 0;
  for (const TensorToWrite& tensor : tensors) {
    const std::size_t end = position + tensor.values.size() * bytes_per_value(type);
    header[tensor.name] = {
        {"dtype", name_of(type)}, {"shape", tensor.shape}, {"data_offsets", {position, end}}};
    position = end;
  }
  std::string text = header.dump();
  text.resize((text.size() + alignment_bytes - 1) / alignment_bytes * alignment_bytes, ' ');
  return text;
}

}  // namespace

void write_safetensors(const std::filesystem::path& path, std::span<const TensorToWrite> tensors,
                       StoredType type, const std::map<std::string, std::string>& metadata) {
  AtomicFile file(path);
  const std::string header = header_text(tensors, type, metadata);
  const std::uint64_t header_bytes = header.size();
  file.write(std::as_bytes(std::span(&header_bytes, 1)));
  file.write(std::as_bytes(std::span(header)));

  std::vector<std::byte> buffer;
  for (const TensorToWrite& tensor : tensors) {
    for (std::size_t first = 0; first < tensor.values.size(); first += values_per_write) {
      const auto part =
          tensor.values.subspan(first, std::min(values_per_write, tensor.values.size() - first));
      if (type == StoredType::f32) {
        file.write(std::as_bytes(part));
        continue;
      }
      buffer.resize(part.size() * bytes_per_value(type));
      from_floats(buffer, part, type);
      file.write(buffer);
    }
  }
  file.commit();
}

}  // namespace preceptor::engine
