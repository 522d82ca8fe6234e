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

// One head of some queries.
class Attention {
public:
  Attention(const CachedHead<Bf16>& head, const Buffers& buffers)
      : head_(head),
        b_(buffers),
        head_dim_(static_cast<std::size_t>(head.pool->layout().head_dim)),
        columns_(static_cast<std::size_t>(head.pool->layout().value_stride)) {}

  void attend(std::span<const CachedText> texts, std::span<const CachedQuery> queries) const {
    for (std::size_t i = 0; i < queries.size(); ++i)
      round_row(b_.queries + i * head_dim_, queries[i].query, head_dim_);
    const auto shared = texts.front().pages.first(head_.shared_pages);
    score_pages(texts.front().pages, 0, shared.size(), 0, queries.size());
    std::size_t last = 0;  // one behind the last position that any of them sees
    for_each_text(texts, [&](const CachedText& text, std::size_t query) {
      score_pages(text.pages, shared.size(), text.pages.size(), query, text.query_count);
      last = std::max(last, weigh(text, queries.subspan(query, text.query_count), query));
    });
    add_pages(shared, 0, last, 0, queries.size());
    for_each_text(texts, [&](const CachedText& text, std::size_t query) {
      const std::size_t end = last_of(queries.subspan(query, text.query_count));
      add_pages(text.pages, shared.size(), end, query, text.query_count);
    });
    for (std::size_t i = 0; i < queries.size(); ++i) {
      const float inverse = 1 / b_.sums[i];
      for (std::size_t c = 0; c < head_dim_; ++c) queries[i].out[c] = b_.results[i * columns_ + c] * inverse;
    }
  }

private:
  template <class Use>
  static void for_each_text(std::span<const CachedText> texts, const Use& use) {
    std::size_t query = 0;
    for (const CachedText& text : texts) {
      use(text, query);
      query += text.query_count;
    }
  }

  // One behind the last position that any of them sees, from the first page on.
  std::size_t last_of(std::span<const CachedQuery> queries) const {
    std::int32_t last = 0;
    for (const CachedQuery& query : queries) last = std::max(last, query.length);
    return static_cast<std::size_t>(last - head_.first);
  }

  // Scores of `count` queries over pages begin … end.
  void score_pages(std::span<const std::int32_t> pages, std::size_t begin, std::size_t end, std::size_t query,
                   std::size_t count) const {
    for (std::size_t p = begin; p < end; ++p) {
      const Bf16* page = head_.pool->page(pages[p]);
      if (p + 1 < pages.size())
        read_ahead(head_.pool->page(pages[p + 1]) + head_.keys_at, page_width * head_dim_);
      read_ahead(page + head_.values_at, page_width * columns_);
      multiply_pairs(b_.scores + query * b_.width + p * page_width, b_.width,
                     {as_pairs(b_.queries + query * head_dim_), head_dim_ / 2, 1},
                     as_pairs(page + head_.keys_at), page_width, count, head_dim_ / 2, page_width,
                     Into::overwrite);
    }
  }

  // Scores become probabilities times their sum; returns last_of(queries).
  std::size_t weigh(const CachedText& text, std::span<const CachedQuery> queries, std::size_t query) const {
    for (std::size_t i = 0; i < queries.size(); ++i) {
      const auto end = static_cast<std::size_t>(queries[i].length - head_.first);
      const Range range{static_cast<std::size_t>(std::max(0, queries[i].begin - head_.first)), end};
      b_.sums[query + i] =
          exponentials_in_place(b_.scores + (query + i) * b_.width, text.pages.size() * page_width,
                                std::span(&range, 1), head_.scale)
              .sum;
    }
    return last_of(queries);
  }

  // Results of `count` queries over pages begin …, of positions before `last`.
  void add_pages(std::span<const std::int32_t> pages, std::size_t begin, std::size_t last, std::size_t query,
                 std::size_t count) const {
    for (std::size_t p = begin; p < pages.size(); ++p) {
      const std::size_t positions = std::min(page_width, last - p * page_width);
      const auto* probabilities =
          reinterpret_cast<const Pair*>(b_.scores + query * b_.width) + p * page_width / 2;
      multiply_pairs(b_.results + query * columns_, columns_, {probabilities, b_.width, 1},
                     as_pairs(head_.pool->page(pages[p]) + head_.values_at), columns_, count,
                     (positions + 1) / 2, columns_, p == 0 ? Into::overwrite : Into::add);
    }
  }

  const CachedHead<Bf16>& head_;
  const Buffers& b_;
  std::size_t head_dim_, columns_;
};

// Takes the texts of the next queries, at most `count` of them, off the front of texts.
void take_texts(std::vector<CachedText>& taken, std::vector<CachedText>& texts, std::size_t count) {
  taken.clear();
  while (count > 0 && !texts.empty()) {
    CachedText& text = texts.front();
    const std::size_t some = std::min(count, text.query_count);
    taken.push_back({text.pages, some});
    text.query_count -= some;
    count -= some;
    if (text.query_count == 0) texts.erase(texts.begin());
  }
}

}  // namespace

void attend_head(const CachedHead<Bf16>& head, std::span<const CachedText> texts,
                 std::span<const CachedQuery> queries, std::vector<float>& scratch) {
  const PageLayout& layout = head.pool->layout();
  assert(layout.head_dim % 2 == 0);
  const auto head_dim = static_cast<std::size_t>(layout.head_dim);
  const auto columns = static_cast<std::size_t>(layout.value_stride);
  std::size_t pages = 0;
  for (const CachedText& text : texts) pages = std::max(pages, text.pages.size());
  const std::size_t width = pages * page_width;
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
  const Attention attention(head, buffers);
  if (at_once == queries.size()) return attention.attend(texts, queries);
  std::vector<CachedText> left(texts.begin(), texts.end()), some;
  for (; !queries.empty(); queries = queries.subspan(std::min(at_once, queries.size()))) {
    take_texts(some, left, at_once);
    attention.attend(some, queries.first(std::min(at_once, queries.size())));
  }
}

}  // namespace preceptor::engine
