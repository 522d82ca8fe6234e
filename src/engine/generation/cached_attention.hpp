#pragma once

#include <cstdint>
#include <span>

#include "engine/generation/page_pool.hpp"

namespace preceptor::engine {

// One row that attends to positions 0 … position of its sequence, whose keys and values stand in pages.
struct CachedRow {
  const SequenceCache* cache = nullptr;
  std::int32_t position = 0;
};

// Stores the keys and values of the rows, each at its position. qkv: (rows, qkv_width), already rotated.
template <class Real>
void store_keys_values(PagePool<Real>& pool, std::span<const float> qkv, std::span<const CachedRow> rows,
                       std::int32_t layer, std::int32_t head_count);

struct CachedAttention {
  std::int32_t head_count = 0;
  float scale = 1;          // of the scores
  std::int32_t window = 0;  // a row sees this many positions, its own included; 0: all
};

// out: (rows, head_count * head_dim)   qkv: (rows, qkv_width)
// A row's result has the same bits whatever other rows there are.
template <class Real>
void cached_attention(std::span<float> out, std::span<const float> qkv, const PagePool<Real>& pool,
                      std::span<const CachedRow> rows, std::int32_t layer, const CachedAttention& attention);

}  // namespace preceptor::engine
