#include "engine/model/rope_tables.hpp"

#include <bit>

namespace preceptor::engine {

RopeTables::RopeTables(const ModelConfig& config)
    : rotary_(config.positions == Positions::rotary), sliding_differs_(config.rope_theta_sliding > 0) {
  if (!rotary_) return;
  full_frequencies_ = rope_frequencies(config.head_dim, config.rope_theta, config.rope_scaling);
  if (sliding_differs_) {
    sliding_frequencies_ = rope_frequencies(config.head_dim, config.rope_theta_sliding, RopeScaling{});
  }
}

void RopeTables::reserve(std::int32_t positions) {
  if (!rotary_ || positions <= positions_) return;
  positions_ = static_cast<std::int32_t>(std::bit_ceil(static_cast<std::uint32_t>(positions)));
  full_ = rope_table(positions_, full_frequencies_);
  if (sliding_differs_) sliding_ = rope_table(positions_, sliding_frequencies_);
}

const RopeTable& RopeTables::of(LayerAttention layer) const {
  return sliding_differs_ && layer == LayerAttention::sliding ? sliding_ : full_;
}

}  // namespace preceptor::engine
