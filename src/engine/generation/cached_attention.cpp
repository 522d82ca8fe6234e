#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/generation/cached_attention.cpp"
#include <hwy/foreach_target.h>
// clang-format off
#include "engine/kernels/simd-inl.hpp"
// clang-format on

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
template <class Real>
struct CachedHead {
  const PagePool<Real>* pool = nullptr;
  std::span<const std::int32_t> pages;
  std::int32_t begin = 0;   // first position to attend to
  std::int32_t length = 0;  // one behind the last
  std::size_t keys_at = 0;
  std::size_t values_at = 0;
  const float* query = nullptr;
  float scale = 1;
};

}  // namespace preceptor::engine
#endif

HWY_BEFORE_NAMESPACE();
namespace preceptor::engine::HWY_NAMESPACE {
namespace {

constexpr auto page_width = static_cast<std::size_t>(positions_per_page);

// scores[j] = scale * query · key[j] for the positions of one page. Even and odd elements are summed apart:
// two chains of additions instead of one hide their latency.
template <class Real>
HWY_INLINE void score_page(float* scores, const float* query, const Real* keys, std::size_t head_dim,
                           float scale) {
  const Lanes d;
  for (std::size_t j = 0; j < page_width; j += hn::Lanes(d)) {
    Vector even = hn::Zero(d);
    Vector odd = hn::Zero(d);
    for (std::size_t i = 0; i < head_dim; i += 2) {  // head_dim is even
      even = hn::MulAdd(hn::Set(d, query[i]), load(d, keys + i * page_width + j), even);
      odd = hn::MulAdd(hn::Set(d, query[i + 1]), load(d, keys + (i + 1) * page_width + j), odd);
    }
    hn::StoreU(hn::Mul(hn::Add(even, odd), hn::Set(d, scale)), d, scores + j);
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

// out[i] += Σ weights[j] * value[j][i] over `count` positions of one page.
template <class Real>
HWY_INLINE void add_values(float* out, const float* weights, const Real* values, std::size_t count,
                           std::size_t stride) {
  const Lanes d;
  for (std::size_t i = 0; i < stride; i += hn::Lanes(d)) {
    Vector sum = hn::LoadU(d, out + i);
    for (std::size_t j = 0; j < count; ++j) {
      sum = hn::MulAdd(hn::Set(d, weights[j]), load(d, values + j * stride + i), sum);
    }
    hn::StoreU(sum, d, out + i);
  }
}

// out: head_dim floats; scores: scratch for whole pages; padded: scratch for value_stride floats
template <class Real>
void attend(float* out, const CachedHead<Real>& head, float* scores, float* padded) {
  const PageLayout& layout = head.pool->layout();
  const auto head_dim = static_cast<std::size_t>(layout.head_dim);
  const auto stride = static_cast<std::size_t>(layout.value_stride);
  const auto begin = static_cast<std::size_t>(head.begin);
  const auto length = static_cast<std::size_t>(head.length);
  const std::size_t first_page = begin / page_width;
  const std::size_t page_count = (length + page_width - 1) / page_width - first_page;
  const std::span<const std::int32_t> pages = head.pages.subspan(first_page, page_count);
  const std::size_t last = length - first_page * page_width;  // positions from the first page on

  for (std::size_t p = 0; p < page_count; ++p) {
    score_page(scores + p * page_width, head.query, head.pool->page(pages[p]) + head.keys_at, head_dim,
               head.scale);
  }
  constexpr float never = -std::numeric_limits<float>::infinity();
  std::fill(scores, scores + (begin - first_page * page_width), never);
  std::fill(scores + last, scores + page_count * page_width, never);
  const float sum = exponentials(scores, page_count * page_width);

  std::fill_n(padded, stride, 0.0F);
  for (std::size_t p = 0; p < page_count; ++p) {
    add_values(padded, scores + p * page_width, head.pool->page(pages[p]) + head.values_at,
               std::min(page_width, last - p * page_width), stride);
  }
  for (std::size_t i = 0; i < head_dim; ++i) out[i] = padded[i] / sum;
}

void attend_fp32(float* out, const CachedHead<float>& head, float* scores, float* padded) {
  attend(out, head, scores, padded);
}
void attend_bf16(float* out, const CachedHead<Bf16>& head, float* scores, float* padded) {
  attend(out, head, scores, padded);
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
constexpr auto page_width_of_rows = static_cast<std::size_t>(positions_per_page);

auto kernel_for(float) { return HWY_DYNAMIC_DISPATCH(attend_fp32); }
auto kernel_for(Bf16) { return HWY_DYNAMIC_DISPATCH(attend_bf16); }

void put(float& to, float value) { to = value; }
void put(Bf16& to, float value) { to = to_bf16(value); }

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
  const std::int32_t head_count = attention.head_count;
  const std::size_t width = qkv_width(layout, head_count);
  const auto head_dim = static_cast<std::size_t>(layout.head_dim);
  const std::int32_t group = head_count / layout.kv_head_count;
  const auto kernel = kernel_for(Real{});
  parallel_blocks(rows.size(), rows_per_block, [&](std::size_t begin, std::size_t end) {
    std::vector<float> scratch;
    for (std::size_t row = begin; row < end; ++row) {
      const std::int32_t length = rows[row].position + 1;
      const auto whole_pages = static_cast<std::size_t>(length + positions_per_page - 1) / page_width_of_rows;
      scratch.resize(whole_pages * page_width_of_rows + static_cast<std::size_t>(layout.value_stride));
      for (std::int32_t head = 0; head < head_count; ++head) {
        const std::size_t column = static_cast<std::size_t>(head) * head_dim;
        const CachedHead<Real> work{
            .pool = &pool,
            .pages = rows[row].cache->pages,
            .begin = attention.window > 0 ? std::max(0, length - attention.window) : 0,
            .length = length,
            .keys_at = layout.keys_at(layer, head / group),
            .values_at = layout.values_at(layer, head / group),
            .query = &qkv[row * width + column],
            .scale = attention.scale};
        kernel(&out[row * static_cast<std::size_t>(head_count) * head_dim + column], work, scratch.data(),
               scratch.data() + whole_pages * page_width_of_rows);
      }
    }
  });
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
