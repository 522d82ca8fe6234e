#include "engine/frozen_weights.hpp"

#include <algorithm>
#include <cassert>

#include "base/hash.hpp"
#include "engine/kernels/parallel.hpp"

namespace preceptor::engine {

namespace {

constexpr std::size_t rows_per_part = 64;
constexpr std::size_t values_read_at_once = 4U << 20U;

std::size_t columns_of(const ParameterInfo& info) { return static_cast<std::size_t>(info.shape.back()); }

template <class T>
std::uint64_t digest(std::span<const T> values) {
  const auto bytes = std::as_bytes(values);
  return xxh3({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace

FrozenWeights::FrozenWeights(const ModelConfig& config, FrozenType type)
    : config_(config), type_(type), layout_(parameter_layout(config, Arenas::by_part)) {
  const std::size_t tables = layout_.size_of(ArenaPart::tables);
  const std::size_t matrices = layout_.size_of(ArenaPart::matrices);
  vectors_ = AlignedArray<float>(layout_.size_of(ArenaPart::vectors));
  std::size_t scales = 0;
  for (const ParameterInfo& info : layout_.list) {
    scale_offsets_.push_back(scales);
    if (info.part == ArenaPart::matrices)
      scales += info.count / columns_of(info) * int8_blocks(columns_of(info));
  }
  switch (type) {
    case FrozenType::fp32:
      tables_.fp32 = AlignedArray<float>(tables);
      matrices_.fp32 = AlignedArray<float>(matrices);
      return;
    case FrozenType::bf16:
      tables_.bf16 = AlignedArray<Bf16>(tables);
      matrices_.bf16 = AlignedArray<Bf16>(matrices);
      return;
    case FrozenType::int8:
      tables_.bf16 = AlignedArray<Bf16>(tables);
      matrices_.int8 = AlignedArray<std::int8_t>(matrices);
      scales_ = AlignedArray<float>(scales);
      return;
  }
}

FrozenWeights::FrozenWeights(const Parameters& parameters, FrozenType type)
    : FrozenWeights(parameters.config(), type) {
  for (std::size_t i = 0; i < layout_.list.size(); ++i) {
    const ParameterInfo& from = parameters.list()[i];
    set(i, parameters.values().subspan(from.offset, from.count));
  }
}

FrozenWeights::FrozenWeights(const StoredWeights& stored, const ModelConfig& config, FrozenType type)
    : FrozenWeights(config, type) {
  std::vector<float> values;
  for (std::size_t i = 0; i < layout_.list.size(); ++i) {
    const auto found = std::ranges::find(stored.list(), layout_.list[i].name, &ParameterInfo::name);
    if (found == stored.list().end()) continue;
    const StoredMatrix& matrix = stored.matrix(static_cast<std::size_t>(found - stored.list().begin()));
    const std::size_t at_once = std::max<std::size_t>(1, values_read_at_once / matrix.columns);
    for (std::size_t row = 0; row < matrix.rows; row += at_once) {
      const std::size_t count = std::min(at_once, matrix.rows - row);
      values.resize(count * matrix.columns);
      matrix.read(values, row, count);
      set(i, values, row);
    }
  }
  stored.forget_pages();
}

void FrozenWeights::set(std::size_t index, std::span<const float> values, std::size_t first_row) {
  const ParameterInfo& info = layout_.list[index];
  assert(first_row * columns_of(info) + values.size() <= info.count);
  if (info.part == ArenaPart::vectors) {
    std::ranges::copy(values, vectors_.span().subspan(info.offset + first_row * columns_of(info)).begin());
    return;
  }
  store(info.part == ArenaPart::tables ? tables_ : matrices_, index, values, first_row);
}

void FrozenWeights::store(Arena& arena, std::size_t index, std::span<const float> values,
                          std::size_t first_row) {
  const ParameterInfo& info = layout_.list[index];
  const std::size_t columns = columns_of(info);
  const std::size_t offset = info.offset + first_row * columns;
  if (arena.fp32.size() > 0) {
    convert(arena.fp32.span().subspan(offset, values.size()), values);
  } else if (arena.bf16.size() > 0) {
    convert(arena.bf16.span().subspan(offset, values.size()), values);
  } else {
    const std::size_t blocks = int8_blocks(columns);
    const std::size_t scales = scale_offsets_[index] + first_row * blocks;
    parallel_blocks(values.size() / columns, rows_per_part, [&](std::size_t begin, std::size_t end) {
      for (std::size_t row = begin; row < end; ++row) {
        round_to_int8(arena.int8.span().subspan(offset + row * columns, columns),
                      scales_.span().subspan(scales + row * blocks, blocks),
                      values.subspan(row * columns, columns));
      }
    });
  }
}

HeldMatrix FrozenWeights::table(const Slice& slice) const {
  if (type_ == FrozenType::fp32) return {.fp32 = slice.of(tables_.fp32.span())};
  return {.bf16 = slice.of(tables_.bf16.span())};
}

// Scales lie in the order of the tensors, as the stacked rows of a slice do.
std::size_t FrozenWeights::scales_begin(std::size_t offset) const {
  for (std::size_t i = 0; i < layout_.list.size(); ++i) {
    const ParameterInfo& info = layout_.list[i];
    if (info.part == ArenaPart::matrices && info.offset == offset) return scale_offsets_[i];
  }
  throw Failure(ErrorKind::internal, "no matrix of a layer begins there");
}

HeldMatrix FrozenWeights::matrix(const Slice& slice) const {
  if (type_ == FrozenType::fp32) return {.fp32 = slice.of(matrices_.fp32.span())};
  if (type_ == FrozenType::bf16) return {.bf16 = slice.of(matrices_.bf16.span())};
  return {.int8 = slice.of(matrices_.int8.span()),
          .scales = scales_.span().subspan(scales_begin(slice.offset))};
}

std::uint64_t FrozenWeights::fingerprint() const {
  const std::uint64_t parts[] = {digest(tables_.fp32.span()),   digest(tables_.bf16.span()),
                                 digest(matrices_.fp32.span()), digest(matrices_.bf16.span()),
                                 digest(matrices_.int8.span()), digest(scales_.span()),
                                 digest(vectors_.span())};
  return digest(std::span<const std::uint64_t>(parts));
}

}  // namespace preceptor::engine
