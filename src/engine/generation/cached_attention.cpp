#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/generation/cached_attention.cpp"
#include <hwy/foreach_target.h>
// clang-format off
#include "engine/kernels/simd-inl.hpp"
// clang-format on
#include <hwy/cache_control.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

#include "engine/generation/cached_attention.hpp"
#include "engine/kernels/parallel.hpp"

#ifndef PRECEPTOR_ENGINE_GENERATION_CACHED_HEAD
#define PRECEPTOR_ENGINE_GENERATION_CACHED_HEAD
namespace preceptor::engine {

// One head of one row.
struct CachedQuery {
  const float* query = nullptr;  // (head_dim)
  float* out = nullptr;          // (head_dim)
  std::int32_t begin = 0;        // first position to attend to
  std::int32_t length = 0;       // one behind the last
};

// What queries share: the keys and values of one head of a text, on the pages that all of them see.
template <class Real>
struct CachedHead {
  const PagePool<Real>* pool = nullptr;
  std::span<const std::int32_t> pages;
  std::int32_t first = 0;  // position on the first of them
  std::size_t keys_at = 0;
  std::size_t values_at = 0;
  float scale = 1;
};

}  // namespace preceptor::engine
#endif

HWY_BEFORE_NAMESPACE();
namespace preceptor::engine::HWY_NAMESPACE {
namespace {

constexpr auto page_width = static_cast<std::size_t>(positions_per_page);

// Queries that go through a page together, so that its keys and values are read and widened once for all of
// them: as many as registers allow.
constexpr std::size_t queries_at_once = 6;

// Vectors of positions or of values that go through the inner loops side by side, as registers allow.
constexpr std::size_t score_vectors = hn::MaxLanes(Lanes()) >= 16 ? 2 : 1;
constexpr std::size_t value_vectors = hn::MaxLanes(Lanes()) >= 16 ? 4 : 1;

// What is read after the keys of a page; fetched while they are gone through, since pages stand far apart.
template <class Real>
struct ReadNext {
  const Real* values;  // of the same page
  const Real* keys;    // of the next one
};

// scores[h][j] = scale * query[h] · key[j] for the positions of one page. Even and odd elements are summed
// apart: two chains of additions instead of one hide their latency.
template <std::size_t count, class Real>
HWY_INLINE void score_page(float* const* scores, const CachedQuery* queries, const Real* keys,
                           std::size_t head_dim, float scale, const ReadNext<Real>& next) {
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
template <std::size_t count, std::size_t vectors, class Real>
HWY_INLINE void add_value_vectors(float* out, const float* const* weights, const Real* values,
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

template <std::size_t count, class Real>
HWY_INLINE void add_values(float* out, const float* const* weights, const Real* values, std::size_t positions,
                           std::size_t stride) {
  const std::size_t step = hn::Lanes(Lanes());
  std::size_t i = 0;
  for (; i + value_vectors * step <= stride; i += value_vectors * step)
    add_value_vectors<count, value_vectors>(out + i, weights, values + i, positions, stride);
  for (; i < stride; i += step) add_value_vectors<count, 1>(out + i, weights, values + i, positions, stride);
}

// scratch: a score for each position of the pages and a padded result, for each query
template <std::size_t count, class Real>
void attend(const CachedHead<Real>& head, const CachedQuery* queries, float* scratch) {
  const PageLayout& layout = head.pool->layout();
  const auto head_dim = static_cast<std::size_t>(layout.head_dim);
  const auto stride = static_cast<std::size_t>(layout.value_stride);
  const std::size_t page_count = head.pages.size();
  const std::size_t score_count = page_count * page_width;
  float* padded = scratch + count * score_count;

  float* at[count];
  for (std::size_t p = 0; p < page_count; ++p) {
    for (std::size_t h = 0; h < count; ++h) at[h] = scratch + h * score_count + p * page_width;
    const Real* page = head.pool->page(head.pages[p]);
    const Real* after = head.pool->page(head.pages[std::min(p + 1, page_count - 1)]);
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
    add_values<count>(padded, at, head.pool->page(head.pages[p]) + head.values_at,
                      std::min(page_width, last - p * page_width), stride);
  }
  for (std::size_t h = 0; h < count; ++h) {
    for (std::size_t i = 0; i < head_dim; ++i) queries[h].out[i] = padded[h * stride + i] / sums[h];
  }
}

template <class Real>
void attend_all(const CachedHead<Real>& head, std::span<const CachedQuery> queries, float* scratch) {
  for (; !queries.empty(); queries = queries.subspan(std::min(queries_at_once, queries.size()))) {
    switch (std::min(queries_at_once, queries.size())) {
      case 1: attend<1>(head, queries.data(), scratch); break;
      case 2: attend<2>(head, queries.data(), scratch); break;
      case 3: attend<3>(head, queries.data(), scratch); break;
      case 4: attend<4>(head, queries.data(), scratch); break;
      case 5: attend<5>(head, queries.data(), scratch); break;
      default: attend<queries_at_once>(head, queries.data(), scratch); break;
    }
  }
}

void attend_fp32(const CachedHead<float>& head, std::span<const CachedQuery> queries, float* scratch) {
  attend_all(head, queries, scratch);
}
void attend_bf16(const CachedHead<Bf16>& head, std::span<const CachedQuery> queries, float* scratch) {
  attend_all(head, queries, scratch);
}

}  // namespace
}  // namespace preceptor::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace preceptor::engine {

HWY_EXPORT(attend_fp32);
HWY_EXPORT(attend_bf16);

namespace {

constexpr std::size_t rows_per_block = 8;
constexpr std::size_t queries_at_once_max = 6;        // of any kernel
constexpr std::int64_t parallel_positions_min = 512;  // seen by all rows: below, waking threads takes longer
constexpr auto page_width_of_rows = static_cast<std::size_t>(positions_per_page);

auto kernel_for(float) { return HWY_DYNAMIC_DISPATCH(attend_fp32); }
auto kernel_for(Bf16) { return HWY_DYNAMIC_DISPATCH(attend_bf16); }

void put(float& to, float value) { to = value; }
void put(Bf16& to, float value) { to = to_bf16(value); }

std::int32_t first_seen(std::int32_t length, std::int32_t window) {
  return window > 0 ? std::max(0, length - window) : 0;
}

struct SeenPages {
  std::size_t first = 0;
  std::size_t count = 0;
  bool operator==(const SeenPages&) const = default;
};
SeenPages pages_seen(const CachedRow& row, std::int32_t window) {
  const std::int32_t length = row.position + 1;
  const auto first = static_cast<std::size_t>(first_seen(length, window)) / page_width_of_rows;
  const auto end = static_cast<std::size_t>(length + positions_per_page - 1) / page_width_of_rows;
  return {first, end - first};
}

std::size_t qkv_width(const PageLayout& layout, std::int32_t head_count) {
  return static_cast<std::size_t>(head_count + 2 * layout.kv_head_count) *
         static_cast<std::size_t>(layout.head_dim);
}

}  // namespace

template <class Real>
void store_keys_values(PagePool<Real>& pool, std::span<const float> qkv, std::span<const CachedRow> rows,
                       std::int32_t layer, std::int32_t head_count) {
  const PageLayout& layout = pool.layout();
  const std::size_t width = qkv_width(layout, head_count);
  const auto head_dim = static_cast<std::size_t>(layout.head_dim);
  const auto stride = static_cast<std::size_t>(layout.value_stride);
  parallel_blocks(rows.size(), rows_per_block, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const auto position = static_cast<std::size_t>(rows[row].position);
      Real* page = pool.page(rows[row].cache->pages[position / page_width_of_rows]);
      const std::size_t slot = position % page_width_of_rows;
      const float* key = &qkv[row * width + static_cast<std::size_t>(head_count) * head_dim];
      const float* value = key + static_cast<std::size_t>(layout.kv_head_count) * head_dim;
      for (std::int32_t head = 0; head < layout.kv_head_count; ++head, key += head_dim, value += head_dim) {
        Real* keys = page + layout.keys_at(layer, head) + slot;
        Real* values = page + layout.values_at(layer, head) + slot * stride;
        for (std::size_t i = 0; i < head_dim; ++i) put(keys[i * page_width_of_rows], key[i]);
        for (std::size_t i = 0; i < head_dim; ++i) put(values[i], value[i]);
      }
    }
  });
}

template <class Real>
void cached_attention(std::span<float> out, std::span<const float> qkv, const PagePool<Real>& pool,
                      std::span<const CachedRow> rows, std::int32_t layer, const CachedAttention& attention) {
  const PageLayout& layout = pool.layout();
  const auto head_count = static_cast<std::size_t>(attention.head_count);
  const auto key_heads = static_cast<std::size_t>(layout.kv_head_count);
  const std::size_t width = qkv_width(layout, attention.head_count);
  const auto head_dim = static_cast<std::size_t>(layout.head_dim);
  const std::size_t group = head_count / key_heads;
  const auto kernel = kernel_for(Real{});
  // Rows of one text that see the same pages go through them together.
  const auto attend_rows = [&](std::size_t block, std::size_t key_head) {
    std::vector<float> scratch;
    std::vector<CachedQuery> queries;
    const std::size_t end = std::min(rows.size(), (block + 1) * rows_per_block);
    for (std::size_t row = block * rows_per_block; row < end;) {
      const SequenceCache* cache = rows[row].cache;
      const SeenPages seen = pages_seen(rows[row], attention.window);
      queries.clear();
      for (; row < end && rows[row].cache == cache && pages_seen(rows[row], attention.window) == seen;
           ++row) {
        const std::int32_t length = rows[row].position + 1;
        for (std::size_t head = key_head * group; head < (key_head + 1) * group; ++head) {
          queries.push_back({.query = &qkv[row * width + head * head_dim],
                             .out = &out[(row * head_count + head) * head_dim],
                             .begin = first_seen(length, attention.window),
                             .length = length});
        }
      }
      scratch.resize(std::min(queries.size(), queries_at_once_max) *
                     (seen.count * page_width_of_rows + static_cast<std::size_t>(layout.value_stride)));
      kernel({.pool = &pool,
              .pages = std::span(cache->pages).subspan(seen.first, seen.count),
              .first = static_cast<std::int32_t>(seen.first * page_width_of_rows),
              .keys_at = layout.keys_at(layer, static_cast<std::int32_t>(key_head)),
              .values_at = layout.values_at(layer, static_cast<std::int32_t>(key_head)),
              .scale = attention.scale},
             queries, scratch.data());
    }
  };
  const std::size_t blocks = (rows.size() + rows_per_block - 1) / rows_per_block;
  const auto work = [&](std::size_t item) { attend_rows(item / key_heads, item % key_heads); };
  std::int64_t seen = 0;
  for (const CachedRow& row : rows) seen += row.position + 1;
  if (seen < parallel_positions_min) {
    for (std::size_t item = 0; item < blocks * key_heads; ++item) work(item);
    return;
  }
  // One after the other as threads come free: late rows of a prompt see more than early ones.
  parallel_items(blocks * key_heads, work);
}

template void store_keys_values<float>(PagePool<float>&, std::span<const float>, std::span<const CachedRow>,
                                       std::int32_t, std::int32_t);
template void store_keys_values<Bf16>(PagePool<Bf16>&, std::span<const float>, std::span<const CachedRow>,
                                      std::int32_t, std::int32_t);
template void cached_attention<float>(std::span<float>, std::span<const float>, const PagePool<float>&,
                                      std::span<const CachedRow>, std::int32_t, const CachedAttention&);
template void cached_attention<Bf16>(std::span<float>, std::span<const float>, const PagePool<Bf16>&,
                                     std::span<const CachedRow>, std::int32_t, const CachedAttention&);

}  // namespace preceptor::engine
#endif
