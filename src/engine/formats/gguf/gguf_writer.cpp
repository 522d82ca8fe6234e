#include "engine/formats/gguf/gguf_writer.hpp"

#include <algorithm>
#include <cassert>
#include <functional>
#include <numeric>

#include "base/file.hpp"
#include "engine/formats/gguf/block_unpack.hpp"

namespace preceptor::engine {
namespace {

constexpr std::uint32_t version = 3;
constexpr std::size_t alignment = 32;
constexpr std::size_t values_per_write = std::size_t{1} << 18U;  // whole blocks of every type

template <class T>
void append(std::string& bytes, T value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void append_text(std::string& bytes, std::string_view text) {
  append<std::uint64_t>(bytes, text.size());
  bytes += text;
}

std::size_t padded(std::size_t bytes) { return (bytes + alignment - 1) / alignment * alignment; }

std::size_t bytes_of(const GgufTensorToWrite& tensor) {
  const BlockLayout layout = block_layout(tensor.type);
  return tensor.count() / layout.values * layout.bytes;
}

std::string header(const GgufKeys& keys, std::span<const GgufTensorToWrite> tensors) {
  std::string bytes = "GGUF";
  append(bytes, version);
  append<std::uint64_t>(bytes, tensors.size());
  append<std::uint64_t>(bytes, keys.count());
  bytes += keys.bytes();
  std::uint64_t offset = 0;
  for (const GgufTensorToWrite& tensor : tensors) {
    append_text(bytes, tensor.name);
    append(bytes, static_cast<std::uint32_t>(tensor.shape.size()));
    for (auto size = tensor.shape.rbegin(); size != tensor.shape.rend(); ++size) {
      append(bytes, static_cast<std::uint64_t>(*size));
    }
    append(bytes, static_cast<std::uint32_t>(tensor.type));
    append(bytes, offset);
    offset += padded(bytes_of(tensor));
  }
  bytes.resize(padded(bytes.size()));
  return bytes;
}

void write_values(AtomicFile& file, std::span<const float> values, BlockType type) {
  const BlockLayout layout = block_layout(type);
  std::vector<std::byte> buffer;
  for (std::size_t first = 0; first < values.size(); first += values_per_write) {
    const auto part = values.subspan(first, std::min(values_per_write, values.size() - first));
    buffer.resize(part.size() / layout.values * layout.bytes);
    pack_blocks(buffer, part, type);
    file.write(buffer);
  }
}

}  // namespace

std::size_t GgufTensorToWrite::count() const {
  return static_cast<std::size_t>(
      std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>()));
}

void GgufKeys::begin(std::string_view key, GgufType type) {
  append_text(bytes_, key);
  append(bytes_, static_cast<std::uint32_t>(type));
  ++count_;
}

void GgufKeys::begin_array(std::string_view key, GgufType element, std::size_t count) {
  begin(key, GgufType::array);
  append(bytes_, static_cast<std::uint32_t>(element));
  append<std::uint64_t>(bytes_, count);
}

void GgufKeys::whole(std::string_view key, std::int64_t value) {
  assert(value >= 0 && value <= UINT32_MAX);
  begin(key, GgufType::uint32);
  append(bytes_, static_cast<std::uint32_t>(value));
}

void GgufKeys::real(std::string_view key, float value) {
  begin(key, GgufType::float32);
  append(bytes_, value);
}

void GgufKeys::flag(std::string_view key, bool value) {
  begin(key, GgufType::boolean);
  append(bytes_, static_cast<std::uint8_t>(value));
}

void GgufKeys::text(std::string_view key, std::string_view value) {
  begin(key, GgufType::string);
  append_text(bytes_, value);
}

void GgufKeys::texts(std::string_view key, std::span<const std::string> values) {
  begin_array(key, GgufType::string, values.size());
  for (const std::string& value : values) append_text(bytes_, value);
}

void GgufKeys::wholes(std::string_view key, std::span<const std::int32_t> values) {
  begin_array(key, GgufType::int32, values.size());
  for (const std::int32_t value : values) append(bytes_, value);
}

void GgufKeys::reals(std::string_view key, std::span<const float> values) {
  begin_array(key, GgufType::float32, values.size());
  for (const float value : values) append(bytes_, value);
}

void GgufKeys::flags(std::string_view key, const std::vector<bool>& values) {
  begin_array(key, GgufType::boolean, values.size());
  for (const bool value : values) append(bytes_, static_cast<std::uint8_t>(value));
}

void write_gguf(const std::filesystem::path& path, const GgufKeys& keys,
                std::span<const GgufTensorToWrite> tensors,
                const std::function<std::span<const float>(std::size_t index)>& arranged) {
  AtomicFile file(path);
  file.write(header(keys, tensors));
  for (std::size_t index = 0; index < tensors.size(); ++index) {
    const std::span<const float> values = arranged(index);
    assert(values.size() == tensors[index].count());
    write_values(file, values, tensors[index].type);
    const std::size_t bytes = bytes_of(tensors[index]);
    file.write(std::string(padded(bytes) - bytes, '\0'));
  }
  file.commit();
}

}  // namespace preceptor::engine
