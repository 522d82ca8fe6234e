#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/generation/cached_head_fp32.cpp"
#include <hwy/foreach_target.h>
// clang-format off
#include "engine/kernels/simd-inl.hpp"
// clang-format on
#include <hwy/cache_control.h>

#include <algorithm>
#include <cstddef>
#include <limits>

#include "engine/generation/cached_head.hpp"

HWY_BEFORE_NAMESPACE();
namespace preceptor::engine::HWY_NAMESPACE {
namespace {

constexpr auto page_width = static_cast<std::size_t>(positions_per_page);

// Queries that go through a page together, so that its keys and values are read once for all of them: as many
// as registers allow.
constexpr std::size_t queries_at_once = 6;

// Vectors of positions or of values that go through the inner loops side by side, as registers allow.
constexpr std::size_t score_vectors = hn::MaxLanes(Lanes()) >= 16 ? 2 : 1;
constexpr std::size_t value_vectors = hn::MaxLanes(Lanes()) >= 16 ? 4 : 1;

// What is read after the keys of a page; fetched while they are gone through, since pages stand far apart.
struct ReadNext {
  const float* values;  // of the same page
  const float* keys;    // of the next one
};

// scores[h][j] = scale * query[h] · key[j] for the positions of one page. Even and odd elements are summed
// apart: two chains of additions instead of one hide their latency.
template <std::size_t count>
HWY_INLINE void score_page(float* const* scores, const CachedQuery* queries, const float* keys,
                           std::size_t head_dim, float scale, const ReadNext& next) {
  const Lanes d;
  const std::size_t step = hn::Lanes(d);
  for (std::size_t j = 0; j < page_width; j += score_vectors * step) {
    Vector even[count][score_vectors], odd[count][score_vectors];
    for (std::size_t h = 0; h < count; ++h) {
      for (std::size_t v = 0; v < score_vectors; ++v) even[h][v] = odd[h][v] = hn::Zero(d);
    }
    for (std::size_t i = 0; i < head_dim; i += 2) {  // head_dim is even
      Vector first[score_vectors], second[score_vectors];
      for (std::size_t v = 0; v < score_vectors; ++v) {
        first[v] = load(d, keys + i * page_width + j + v * step);
        second[v] = load(d, keys + (i + 1) * page_width + j + v * step);
      }
      for (const std::size_t line : {i, i + 1}) {
        hwy::Prefetch(next.values + line * page_width + j);
        hwy::Prefetch(next.keys + line * page_width + j);
      }
      for (std::size_t h = 0; h < count; ++h) {
        const Vector one = hn::Set(d, queries[h].query[i]);
        const Vector other = hn::Set(d, queries[h].query[i + 1]);
        for (std::size_t v = 0; v < score_vectors; ++v) {
          even[h][v] = hn::MulAdd(one, first[v], even[h][v]);
          odd[h][v] = hn::MulAdd(other, second[v], odd[h][v]);
        }
      }
    }
    for (std::size_t h = 0; h < count; ++h) {
      for (std::size_t v = 0; v < score_vectors; ++v) {
        const Vector sum = hn::Add(even[h][v], odd[h][v]);
        hn::StoreU(hn::Mul(sum, hn::Set(d, scale)), d, scores[h] + j + v * step);
      }
    }
  }
}

// Replaces scores by exp(score - max) and returns their sum. count is whole pages; -inf gives 0.
HWY_INLINE float exponentials(float* scores, std::size_t count) {
  const Lanes d;
  Vector largest = hn::Set(d, -std::numeric_limits<float>::infinity());
  for (std::size_t j = 0; j < count; j += hn::Lanes(d)) largest = hn::Max(largest, hn::LoadU(d, scores + j));
  largest = hn::MaxOfLanes(d, largest);
  Vector sum = hn::Zero(d);
  for (std::size_t j = 0; j < count; j += hn::Lanes(d)) {
    const Vector weight = hn::Exp(d, hn::Sub(hn::LoadU(d, scores + j), largest));
    hn::StoreU(weight, d, scores + j);
    sum = hn::Add(sum, weight);
  }
  return hn::GetLane(hn::SumOfLanes(d, sum));
}

// out[h][i] += Σ weights[h][j] * value[j][i] over `positions` of one page, for `vectors` vectors of values.
// out: (count, stride)
template <std::size_t count, std::size_t vectors>
HWY_INLINE void add_value_vectors(float* out, const float* const* weights, const float* values,
                                  std::size_t positions, std::size_t stride) {
  const Lanes d;
  const std::size_t step = hn::Lanes(d);
  Vector sums[count][vectors];
  for (std::size_t h = 0; h < count; ++h) {
    for (std::size_t v = 0; v < vectors; ++v) sums[h][v] = hn::LoadU(d, out + h * stride + v * step);
  }
  for (std::size_t j = 0; j < positions; ++j) {
    Vector value[vectors];
    for (std::size_t v = 0; v < vectors; ++v) value[v] = load(d, values + j * stride + v * step);
    for (std::size_t h = 0; h < count; ++h) {
      const Vector weight = hn::Set(d, weights[h][j]);
      for (std::size_t v = 0; v < vectors; ++v) sums[h][v] = hn::MulAdd(weight, value[v], sums[h][v]);
    }
  }
  for (std::size_t h = 0; h < count; ++h) {
    for (std::size_t v = 0; v < vectors; ++v) hn::StoreU(sums[h][v], d, out + h * stride + v * step);
  }
}

template <std::size_t count>
HWY_INLINE void add_values(float* out, const float* const* weights, const float* values,
                           std::size_t positions, std::size_t stride) {
  const std::size_t step = hn::Lanes(Lanes());
  std::size_t i = 0;
  for (; i + value_vectors * step <= stride; i += value_vectors * step)
    add_value_vectors<count, value_vectors>(out + i, weights, values + i, positions, stride);
  for (; i < stride; i += step) add_value_vectors<count, 1>(out + i, weights, values + i, positions, stride);
}

// scratch: a score for each position of the pages and a padded result, for each query
template <std::size_t count>
void attend(const CachedHead<float>& head, std::span<const std::int32_t> pages, const CachedQuery* queries,
            float* scratch) {
  const PageLayout& layout = head.pool->layout();
  const auto head_dim = static_cast<std::size_t>(layout.head_dim);
  const auto stride = static_cast<std::size_t>(layout.value_stride);
  const std::size_t page_count = pages.size();
  const std::size_t score_count = page_count * page_width;
  float* padded = scratch + count * score_count;

  float* at[count];
  for (std::size_t p = 0; p < page_count; ++p) {
    for (std::size_t h = 0; h < count; ++h) at[h] = scratch + h * score_count + p * page_width;
    const float* page = head.pool->page(pages[p]);
    const float* after = head.pool->page(pages[std::min(p + 1, page_count - 1)]);
    score_page<count>(at, queries, page + head.keys_at, head_dim, head.scale,
                      {.values = page + head.values_at, .keys = after + head.keys_at});
  }
  constexpr float never = -std::numeric_limits<float>::infinity();
  float sums[count];
  std::size_t last = 0;  // one behind the last position that any of them sees
  for (std::size_t h = 0; h < count; ++h) {
    float* scores = scratch + h * score_count;
    const auto seen = static_cast<std::size_t>(queries[h].length - head.first);
    std::fill(scores, scores + std::max(0, queries[h].begin - head.first), never);
    std::fill(scores + seen, scores + score_count, never);
    sums[h] = exponentials(scores, score_count);
    last = std::max(last, seen);
  }

  std::fill_n(padded, count * stride, 0.0F);
  for (std::size_t p = 0; p < page_count; ++p) {
    for (std::size_t h = 0; h < count; ++h) at[h] = scratch + h * score_count + p * page_width;
    add_values<count>(padded, at, head.pool->page(pages[p]) + head.values_at,
                      std::min(page_width, last - p * page_width), stride);
  }
  for (std::size_t h = 0; h < count; ++h) {
    for (std::size_t i = 0; i < head_dim; ++i) queries[h].out[i] = padded[h * stride + i] / sums[h];
  }
}

void attend_text(const CachedHead<float>& head, std::span<const std::int32_t> pages,
                 std::span<const CachedQuery> queries, std::vector<float>& scratch) {
  scratch.resize(std::min(queries.size(), queries_at_once) *
                 (pages.size() * page_width + static_cast<std::size_t>(head.pool->layout().value_stride)));
  for (; !queries.empty(); queries = queries.subspan(std::min(queries_at_once, queries.size()))) {
    switch (std::min(queries_at_once, queries.size())) {
      case 1: attend<1>(head, pages, queries.data(), scratch.data()); break;
      case 2: attend<2>(head, pages, queries.data(), scratch.data()); break;
      case 3: attend<3>(head, pages, queries.data(), scratch.data()); break;
      case 4: attend<4>(head, pages, queries.data(), scratch.data()); break;
      case 5: attend<5>(head, pages, queries.data(), scratch.data()); break;
      default: attend<queries_at_once>(head, pages, queries.data(), scratch.data()); break;
    }
  }
}

}  // namespace
}  // namespace preceptor::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace preceptor::engine {

HWY_EXPORT(attend_text);

void attend_head(const CachedHead<float>& head, std::span<const CachedText> texts,
                 std::span<const CachedQuery> queries, std::vector<float>& scratch) {
  for (const CachedText& text : texts) {
    HWY_DYNAMIC_DISPATCH(attend_text)(head, text.pages, queries.first(text.query_count), scratch);
    queries = queries.subspan(text.query_count);
  }
}

}  // namespace preceptor::engine
#endif
