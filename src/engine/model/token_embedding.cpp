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

void TokenEmbedding::forward(std::span<float> out, std::span<const std::int32_t> tokens,
                             std::span<const std::int32_t> positions, std::span<const float> values) const {
  embedding_forward(out, tokens, table_.of(values), width_, scale_);
  if (position_table_.count > 0) add_gathered_rows(out, position_table_.of(values), positions, width_);
}

void TokenEmbedding::backward(std::span<const float> d_out, std::span<const std::int32_t> tokens,
                              std::span<const std::int32_t> positions, std::span<float> gradients) const {
  embedding_backward(table_.of(gradients), d_out, tokens, width_, scale_);
  if (position_table_.count > 0) scatter_rows(position_table_.of(gradients), d_out, positions, width_);
}

}  // namespace preceptor::engine
