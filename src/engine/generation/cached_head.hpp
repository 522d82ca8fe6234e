#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/generation/page_pool.hpp"

namespace preceptor::engine {

// One head of one row.
struct CachedQuery {
  const float* query = nullptr;  // (head_dim)
  float* out = nullptr;          // (head_dim)
  std::int32_t begin = 0;        // first position to attend to
  std::int32_t length = 0;       // one behind the last
};

// Queries of one text that see the same pages.
struct CachedText {
  std::span<const std::int32_t> pages;  // all that they see
  std::size_t query_count = 0;
};

// One head of texts whose first pages are the same: samples of one prompt, or rows of one text. What they
// share is gone through once for all of them.
template <class Real>
struct CachedHead {
  const PagePool<Real>* pool = nullptr;
  std::size_t shared_pages = 0;  // at the beginning of every text's pages
  std::int32_t first = 0;        // position on the first of them
  std::size_t keys_at = 0;
  std::size_t values_at = 0;
  float scale = 1;
};

// out = softmax(scale * query · keys) · values for each query. The result of one has the same bits whatever
// others there are. queries: those of the first text, of the second …   scratch: kept between calls, of any
// content
void attend_head(const CachedHead<float>& head, std::span<const CachedText> texts,
                 std::span<const CachedQuery> queries, std::vector<float>& scratch);

// The same with queries and probabilities rounded to bf16, sums in fp32. Call only where cpu_has_bf16().
void attend_head(const CachedHead<Bf16>& head, std::span<const CachedText> texts,
                 std::span<const CachedQuery> queries, std::vector<float>& scratch);

}  // namespace preceptor::engine
