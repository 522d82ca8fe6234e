#include "engine/model/token_embedding.hpp"

#include "engine/kernels/embedding.hpp"

namespace preceptor::engine {

TokenEmbedding::TokenEmbedding(const ModelConfig& config, const ModelSlices& slices, Precision precision)
    : table_(slices.embedding),
      position_table_(slices.positions),
      width_(config.hidden_size),
      scale_(config.embedding_scale()) {
  if (precision == Precision::bf16) scale_ = to_float(to_bf16(scale_));
}

void TokenEmbedding::gather(std::span<float> out, std::span<const std::int32_t> tokens,
                            std::span<const std::int32_t> positions, const HeldMatrix& table,
                            const HeldMatrix& position_table) const {
  embedding_forward(out, tokens, table, width_, scale_);
  if (position_table_.count > 0) add_gathered_rows(out, position_table, positions, width_);
}

void TokenEmbedding::forward(std::span<float> out, std::span<const std::int32_t> tokens,
                             std::span<const std::int32_t> positions, const ModelWeights& weights) const {
  gather(out, tokens, positions, weights.table(table_), weights.table(position_table_));
}

void TokenEmbedding::forward(std::span<float> out, std::span<const std::int32_t> tokens,
                             std::span<const std::int32_t> positions, std::span<const float> values) const {
  gather(out, tokens, positions, {.fp32 = table_.of(values)}, {.fp32 = position_table_.of(values)});
}

void TokenEmbedding::backward(std::span<const float> d_out, std::span<const std::int32_t> tokens,
                              std::span<const std::int32_t> positions, std::span<float> gradients) const {
  if (gradients.empty()) return;
  embedding_backward(table_.of(gradients), d_out, tokens, width_, scale_);
  if (position_table_.count > 0) scatter_rows(position_table_.of(gradients), d_out, positions, width_);
}

}  // namespace preceptor::engine
