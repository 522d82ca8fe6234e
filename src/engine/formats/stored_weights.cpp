#include "engine/formats/stored_weights.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cassert>
#include <cstdint>
#include <utility>

#include "engine/formats/gguf/block_unpack.hpp"
#include "engine/formats/gguf/gguf_names.hpp"
#include "engine/formats/gguf/gguf_weights.hpp"

namespace preceptor::engine {
namespace {

BlockType block_type_of(StoredType type) {
  if (type == StoredType::f16) return BlockType::f16;
  return type == StoredType::bf16 ? BlockType::bf16 : BlockType::f32;
}

StoredMatrix matrix_of(const ParameterInfo& info) {
  StoredMatrix matrix;
  matrix.columns = static_cast<std::size_t>(info.shape.back());
  matrix.rows = info.count / matrix.columns;
  return matrix;
}

}  // namespace

std::span<const std::byte> StoredMatrix::row(std::size_t index) const {
  assert(!transposed);
  const std::size_t row_bytes = bytes.size() / rows;
  const std::size_t place = reordered_heads > 0 ? gguf_row(index, static_cast<std::size_t>(head_dim)) : index;
  return bytes.subspan(place * row_bytes, row_bytes);
}

void StoredMatrix::read(std::span<float> out, std::size_t first, std::size_t count) const {
  if (!transposed) {
    for (std::size_t i = 0; i < count; ++i)
      unpack_blocks(out.subspan(i * columns, columns), row(first + i), type);
  } else {
    std::vector<float> stored(count);
    const std::size_t value_bytes = block_layout(type).bytes;
    for (std::size_t column = 0; column < columns; ++column) {
      unpack_blocks(stored, bytes.subspan((column * rows + first) * value_bytes, count * value_bytes), type);
      for (std::size_t i = 0; i < count; ++i) out[i * columns + column] = stored[i];
    }
  }
  if (raised) {
    for (float& value : out) value -= 1.0F;
  }
}

StoredWeights::StoredWeights(const ModelConfig& config, WeightFiles files)
    : config_(config), list_(parameter_list(config)) {
  const auto held = std::make_shared<const WeightFiles>(std::move(files));
  for (const ParameterInfo& info : list_) {
    const StoredTensor& tensor = held->tensor(info.name);
    StoredMatrix matrix = matrix_of(info);
    matrix.type = block_type_of(tensor.type);
    matrix.bytes = tensor.bytes;
    matrix.transposed = info.stored_transposed;
    matrices_.push_back(matrix);
  }
  file_ = held;
}

StoredWeights::StoredWeights(const ModelConfig& config, std::shared_ptr<const GgufFile> file)
    : config_(config), list_(parameter_list(config)) {
  for (const ParameterInfo& info : list_) {
    const GgufTensor& tensor = *file->tensor(*gguf_name(info.name, config));
    StoredMatrix matrix = matrix_of(info);
    matrix.type = static_cast<BlockType>(tensor.type);
    matrix.bytes = tensor.bytes;
    matrix.reordered_heads = heads_reordered_in_gguf(info, config);
    matrix.head_dim = config.head_dim;
    // A reordered bias is a column of single rows.
    if (matrix.reordered_heads > 0 && matrix.rows == 1) std::swap(matrix.rows, matrix.columns);
    matrix.raised = raised_in_gguf(info, config);
    matrices_.push_back(matrix);
  }
  file_ = std::move(file);
}

std::size_t StoredWeights::bytes() const {
  std::size_t sum = 0;
  for (const StoredMatrix& matrix : matrices_) sum += matrix.bytes.size();
  return sum;
}

void StoredWeights::forget_pages() const {
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  for (const StoredMatrix& matrix : matrices_) {
    const auto address = reinterpret_cast<std::uintptr_t>(matrix.bytes.data());
    const std::uintptr_t begin = (address + page - 1) / page * page;
    const std::uintptr_t end = (address + matrix.bytes.size()) / page * page;
    if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);  // NOLINT
  }
}

std::size_t StoredWeights::count() const {
  std::size_t sum = 0;
  for (const ParameterInfo& info : list_) sum += info.count;
  return sum;
}

}  // namespace preceptor::engine
