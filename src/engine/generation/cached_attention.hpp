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

// out: (rows, head_count * head_dim)   qkv: (rows, qkv_width)
// Scores are scaled by 1 / sqrt(head_dim). A row's result has the same bits whatever other rows there are.
template <class Real>
void cached_attention(std::span<float> out, std::span<const float> qkv, const PagePool<Real>& pool,
                      std::span<const CachedRow> rows, std::int32_t layer, std::int32_t head_count);

}  // namespace preceptor::engine
