#include "engine/kernels/softmax_bf16.hpp"

#include <algorithm>
#include <cassert>

#include "engine/generation/cached_head.hpp"
#include "engine/kernels/row_linear_bf16.hpp"

namespace preceptor::engine {
namespace {

constexpr auto page_width = static_cast<std::size_t>(positions_per_page);

// Scores that exist at a time, so that they stay in a core's second cache.
constexpr std::size_t scores_max = std::size_t{1} << 16;

// Pages stand far apart, so the processor does not foresee the next one.
void read_ahead(const Bf16* from, std::size_t count) {
  constexpr std::size_t line = 64 / sizeof(Bf16);
  for (std::size_t i = 0; i < count; i += line) _mm_prefetch(from + i, _MM_HINT_T0);
}

struct Buffers {
  float* scores;  // (queries, width)
  std::size_t width;
  float* results;  // (queries, value_stride)
  float* sums;     // (queries)
  Bf16* queries;   // (queries, head_dim)
};

void attend(const CachedHead<Bf16>& head, std::span<const CachedQuery> queries, const Buffers& b) {
  const PageLayout& layout = head.pool->layout();
  const auto head_dim = static_cast<std::size_t>(layout.head_dim);
  const auto columns = static_cast<std::size_t>(layout.value_stride);
  const std::size_t count = queries.size();
  const std::size_t page_count = head.pages.size();
  for (std::size_t i = 0; i < count; ++i) round_row(b.queries + i * head_dim, queries[i].query, head_dim);

  for (std::size_t p = 0; p < page_count; ++p) {
    const Bf16* page = head.pool->page(head.pages[p]);
    if (p + 1 < page_count)
      read_ahead(head.pool->page(head.pages[p + 1]) + head.keys_at, page_width * head_dim);
    read_ahead(page + head.values_at, page_width * columns);
    multiply_pairs(b.scores + p * page_width, b.width, {as_pairs(b.queries), head_dim / 2, 1},
                   as_pairs(page + head.keys_at), page_width, count, head_dim / 2, page_width,
                   Into::overwrite);
  }
  std::size_t last = 0;  // one behind the last position that any of them sees
  for (std::size_t i = 0; i < count; ++i) {
    const auto end = static_cast<std::size_t>(queries[i].length - head.first);
    const Range range{static_cast<std::size_t>(std::max(0, queries[i].begin - head.first)), end};
    const Softmax softmax =
        exponentials_in_place(b.scores + i * b.width, b.width, std::span(&range, 1), head.scale);
    b.sums[i] = softmax.sum;
    last = std::max(last, end);
  }
  for (std::size_t p = 0; p < page_count; ++p) {
    const std::size_t positions = std::min(page_width, last - p * page_width);
    const auto* probabilities = reinterpret_cast<const Pair*>(b.scores) + p * page_width / 2;
    multiply_pairs(b.results, columns, {probabilities, b.width, 1},
                   as_pairs(head.pool->page(head.pages[p]) + head.values_at), columns, count,
                   (positions + 1) / 2, columns, p == 0 ? Into::overwrite : Into::add);
  }
  for (std::size_t i = 0; i < count; ++i) {
    const float inverse = 1 / b.sums[i];
    for (std::size_t c = 0; c < head_dim; ++c) queries[i].out[c] = b.results[i * columns + c] * inverse;
  }
}

}  // namespace

void attend_head(const CachedHead<Bf16>& head, std::span<const CachedQuery> queries,
                 std::vector<float>& scratch) {
  const PageLayout& layout = head.pool->layout();
  assert(layout.head_dim % 2 == 0);
  const auto head_dim = static_cast<std::size_t>(layout.head_dim);
  const auto columns = static_cast<std::size_t>(layout.value_stride);
  const std::size_t width = head.pages.size() * page_width;
  const std::size_t at_once = std::clamp<std::size_t>(scores_max / width, 1, queries.size());
  scratch.resize(at_once * (width + columns + 1 + head_dim / 2));
  float* scores = scratch.data();
  float* results = scores + at_once * width;
  float* sums = results + at_once * columns;
  const Buffers buffers{.scores = scores,
                        .width = width,
                        .results = results,
                        .sums = sums,
                        .queries = reinterpret_cast<Bf16*>(sums + at_once)};
  for (; !queries.empty(); queries = queries.subspan(std::min(at_once, queries.size()))) {
    attend(head, queries.first(std::min(at_once, queries.size())), buffers);
  }
}

}  // namespace preceptor::engine
