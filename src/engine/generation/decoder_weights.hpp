#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "engine/generation/weight_source.hpp"
#include "engine/kernels/aligned.hpp"
#include "engine/kernels/row_linear.hpp"
#include "engine/kernels/row_linear_blocks.hpp"
#include "engine/model/norm.hpp"
#include "engine/model/query_key_norm.hpp"
#include "engine/model/rope_tables.hpp"
#include "engine/model/token_embedding.hpp"

namespace preceptor::engine {

// A matrix as generation multiplies with it.
class HeldLinear {
public:
  // Packed from the source, or, in blocks, held as the file has it.
  explicit HeldLinear(RowLinear linear) : linear_(std::move(linear)) {}
  explicit HeldLinear(RowLinearBlocks linear) : linear_(std::move(linear)) {}

  RowLinear* packed() { return std::get_if<RowLinear>(&linear_); }
  void forward(std::span<float> out, std::span<const float> x, std::int32_t rows) const {
    std::visit([&](const auto& linear) { linear.forward(out, x, rows); }, linear_);
  }

private:
  std::variant<RowLinear, RowLinearBlocks> linear_;
};

struct HeldLayer {
  HeldLinear qkv, attention_output, gate_up, down;
};

// The weights as generation uses them. Of parameters the matrices are packed, gains and the embedding
// borrowed. Of stored weights the matrices are packed straight from the file, or kept in the file's blocks of
// integers where products in bf16 would do; the embedding's rows are read from the file as they are asked
// for.
class DecoderWeights {
public:
  DecoderWeights(const WeightSource& source, Precision precision, WeightFormat format);
  void pack();  // again, after the parameters changed

  // out: (tokens, hidden)
  void embed(std::span<float> out, std::span<const std::int32_t> tokens,
             std::span<const std::int32_t> positions) const;
  // What norms and biases are in, by `slices`.
  std::span<const float> values() const;
  std::size_t packed_bytes() const { return packed_bytes_; }

  ModelConfig config;
  ModelSlices slices;
  std::vector<HeldLayer> layers;
  std::optional<HeldLinear> head;
  Norm norm;
  QueryKeyNorm query_key_norm;
  RopeTables rope;
  Precision precision;

private:
  HeldLinear hold(const Slice& weight, std::int32_t in_width);
  HeldLinear hold_stored(const Slice& weight, std::int32_t in_width);
  void read_vectors();

  WeightSource source_;
  WeightFormat format_;
  bool keeps_blocks_;
  TokenEmbedding embedding_;
  float stored_scale_ = 1;       // of the embedding, when it is stored
  AlignedArray<float> vectors_;  // all that is no matrix, and the table of positions; of stored weights
  std::size_t packed_bytes_ = 0;
};

}  // namespace preceptor::engine
