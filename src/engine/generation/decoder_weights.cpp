#include "engine/generation/decoder_weights.hpp"

#include <algorithm>
#include <cassert>
#include <map>
#include <utility>

#include "engine/formats/gguf/block_quanta.hpp"
#include "engine/kernels/embedding.hpp"
#include "engine/kernels/isa.hpp"

namespace preceptor::engine {
namespace {

constexpr std::size_t line_floats = 16;

// The stored tensors whose outputs stand one after another in one matrix of the graph.
class StackedMatrix {
public:
  StackedMatrix(const StoredWeights& stored, const Slice& slice) {
    const std::span<const ParameterInfo> list = stored.list();
    for (std::size_t index = 0; index < list.size(); ++index) {
      const bool inside =
          list[index].offset >= slice.offset && list[index].offset < slice.offset + slice.count;
      if (inside && list[index].role == ParameterRole::matrix) parts_.push_back(&stored.matrix(index));
    }
  }

  std::span<const StoredMatrix* const> parts() const { return parts_; }

  bool all(const auto& condition) const {
    return std::ranges::all_of(parts_, [&](const StoredMatrix* part) { return condition(*part); });
  }

  // The part that holds an output, and the row there.
  std::pair<const StoredMatrix*, std::size_t> find(std::size_t output) const {
    for (const StoredMatrix* part : parts_) {
      if (output < part->rows) return {part, output};
      output -= part->rows;
    }
    assert(false);
    return {};
  }

private:
  std::vector<const StoredMatrix*> parts_;
};

RowLinearBlocks in_blocks(const StackedMatrix& matrix, std::int32_t in_width) {
  std::vector<RowLinearBlocks::Part> parts;
  for (const StoredMatrix* part : matrix.parts())
    parts.push_back({*block_format(part->type), static_cast<std::int32_t>(part->rows)});
  RowLinearBlocks linear(in_width, std::move(parts));
  linear.pack([&](std::size_t output, const OutputQuanta& to) {
    const auto [part, row] = matrix.find(output);
    read_quanta(to, part->row(row), part->type);
  });
  return linear;
}

void pack_stored(RowLinear& linear, const StackedMatrix& matrix) {
  const bool plain_bf16 =
      matrix.all([](const StoredMatrix& part) { return part.type == BlockType::bf16 && !part.transposed; });
  if (plain_bf16) {
    linear.pack_bf16([&](std::size_t output) {
      const auto [part, row] = matrix.find(output);
      return part->row(row).data();
    });
    return;
  }
  linear.pack([&](std::span<float> rows, std::size_t first, std::size_t count) {
    const std::size_t width = rows.size() / count;
    for (std::size_t done = 0; done < count;) {
      const auto [part, row] = matrix.find(first + done);
      const std::size_t here = std::min(count - done, part->rows - row);
      part->read(rows.subspan(done * width, here * width), row, here);
      done += here;
    }
  });
}

// Calls use with every slice that is no matrix of a product.
void each_vector(ModelSlices& slices, const auto& use) {
  const auto norm = [&](NormSlices& one) {
    use(one.gain);
    use(one.bias);
  };
  for (LayerSlices& layer : slices.layers) {
    for (NormSlices* one :
         {&layer.input_norm, &layer.attention_output_norm, &layer.feed_forward_norm, &layer.down_norm})
      norm(*one);
    for (LinearSlices* linear : {&layer.qkv, &layer.attention_output, &layer.gate_up, &layer.down})
      use(linear->bias);
    use(layer.query_norm);
    use(layer.key_norm);
  }
  norm(slices.final_norm);
  use(slices.positions);
}

}  // namespace

DecoderWeights::DecoderWeights(const WeightSource& source, Precision wanted, WeightFormat format)
    : config(source.config()),
      slices(model_slices(config)),
      norm(config),
      query_key_norm(config),
      rope(config),
      precision(usable_precision(wanted)),
      source_(source),
      format_(format),
      keeps_blocks_(wanted == Precision::bf16),
      embedding_(config, slices, precision) {
  for (const LayerSlices& layer : slices.layers) {
    layers.push_back({.qkv = hold(layer.qkv.weight, config.hidden_size),
                      .attention_output = hold(layer.attention_output.weight, config.query_width()),
                      .gate_up = hold(layer.gate_up.weight, config.hidden_size),
                      .down = hold(layer.down.weight, config.intermediate_size)});
  }
  head = hold(slices.head, config.hidden_size);
  if (source_.stored() == nullptr) return;
  read_vectors();
  source_.stored()->forget_pages();
}

HeldLinear DecoderWeights::hold(const Slice& weight, std::int32_t in_width) {
  if (source_.stored() != nullptr) return hold_stored(weight, in_width);
  const std::size_t weight_bytes = precision == Precision::bf16 ? 2 : 4;
  packed_bytes_ += weight.count * (format_ == WeightFormat::int8 ? 1 : weight_bytes);
  const auto outputs = static_cast<std::int32_t>(weight.count / static_cast<std::size_t>(in_width));
  RowLinear linear(outputs, in_width, precision, format_);
  linear.pack(weight.of(source_.parameters()->values()));
  return HeldLinear(std::move(linear));
}

HeldLinear DecoderWeights::hold_stored(const Slice& weight, std::int32_t in_width) {
  const StackedMatrix matrix(*source_.stored(), weight);
  const bool blocks = keeps_blocks_ && matrix.all([](const StoredMatrix& part) {
    return block_format(part.type).has_value();
  });
  if (blocks) {
    RowLinearBlocks linear = in_blocks(matrix, in_width);
    packed_bytes_ += linear.bytes();
    return HeldLinear(std::move(linear));
  }
  const auto outputs = static_cast<std::int32_t>(weight.count / static_cast<std::size_t>(in_width));
  RowLinear linear(outputs, in_width, precision, format_);
  pack_stored(linear, matrix);
  packed_bytes_ += weight.count * (format_ == WeightFormat::int8 ? 1 : precision == Precision::bf16 ? 2 : 4);
  return HeldLinear(std::move(linear));
}

// Lays vectors out closely in the order of the list, those of one slice without gaps, and points the slices
// there.
void DecoderWeights::read_vectors() {
  const StoredWeights& stored = *source_.stored();
  const std::span<const ParameterInfo> list = stored.list();
  std::map<std::size_t, std::size_t> places;  // offset in the whole arena → here
  std::size_t end = 0, follows = 0;
  const auto kept = [&](const ParameterInfo& info) {
    return info.role != ParameterRole::matrix ||
           (slices.positions.count > 0 && info.offset == slices.positions.offset);
  };
  for (const ParameterInfo& info : list) {
    if (!kept(info)) continue;
    if (info.offset != follows) end = (end + line_floats - 1) / line_floats * line_floats;
    places[info.offset] = end;
    end += info.count;
    follows = info.offset + info.count;
  }
  vectors_ = AlignedArray<float>(end);
  for (std::size_t index = 0; index < list.size(); ++index) {
    if (!kept(list[index])) continue;
    const StoredMatrix& matrix = stored.matrix(index);
    matrix.read(vectors_.span().subspan(places[list[index].offset], list[index].count), 0, matrix.rows);
  }
  each_vector(slices, [&](Slice& slice) {
    if (slice.count > 0) slice.offset = places.at(slice.offset);
  });
  // In bf16 transformers rounds the scale too; whoever stores blocks of integers keeps activations in fp32.
  const bool rounded = precision == Precision::bf16 && stored.matrix(0).type == BlockType::bf16;
  stored_scale_ = config.embedding_scale();
  if (rounded) stored_scale_ = to_float(to_bf16(stored_scale_));
}

void DecoderWeights::pack() {
  if (source_.parameters() == nullptr) return;
  const std::span<const float> values = source_.parameters()->values();
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    layers[layer].qkv.packed()->pack(slices.layers[layer].qkv.weight.of(values));
    layers[layer].attention_output.packed()->pack(slices.layers[layer].attention_output.weight.of(values));
    layers[layer].gate_up.packed()->pack(slices.layers[layer].gate_up.weight.of(values));
    layers[layer].down.packed()->pack(slices.layers[layer].down.weight.of(values));
  }
  head->packed()->pack(slices.head.of(values));
}

std::span<const float> DecoderWeights::values() const {
  return source_.parameters() != nullptr ? source_.parameters()->values() : vectors_.span();
}

void DecoderWeights::embed(std::span<float> out, std::span<const std::int32_t> tokens,
                           std::span<const std::int32_t> positions) const {
  if (source_.parameters() != nullptr) return embedding_.forward(out, tokens, positions, values());
  const StoredMatrix& table = source_.stored()->matrix(0);  // the embedding is the first of every list
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::span<float> row = out.subspan(i * table.columns, table.columns);
    table.read(row, static_cast<std::size_t>(tokens[i]), 1);
    for (float& value : row) value *= stored_scale_;
  }
  if (slices.positions.count > 0)
    add_gathered_rows(out, {.fp32 = slices.positions.of(values())}, positions, config.hidden_size);
}

}  // namespace preceptor::engine
