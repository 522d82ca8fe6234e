#include "engine/generation/cached_attention.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "engine/generation/cached_head.hpp"
#include "engine/kernels/parallel.hpp"

namespace preceptor::engine {
namespace {

constexpr std::size_t rows_per_block = 8;
constexpr std::int64_t parallel_positions_min = 512;  // seen by all rows: below, waking threads takes longer
constexpr auto page_width = static_cast<std::size_t>(positions_per_page);

// The key and value of one head at a slot of a page. next_follows: whether the next slot is written as well.
struct Slot {
  std::size_t index;
  bool next_follows;
};
void put(float* keys, float* values, const float* key, const float* value, const PageLayout& layout,
         const Slot& slot) {
  const auto head_dim = static_cast<std::size_t>(layout.head_dim);
  for (std::size_t i = 0; i < head_dim; ++i) keys[i * page_width + slot.index] = key[i];
  std::copy_n(value, head_dim, values + slot.index * static_cast<std::size_t>(layout.value_stride));
}
void put(Bf16* keys, Bf16* values, const float* key, const float* value, const PageLayout& layout,
         const Slot& slot) {
  const auto head_dim = static_cast<std::size_t>(layout.head_dim);
  for (std::size_t i = 0; i < head_dim; i += 2) {
    Bf16* pair = keys + i * page_width + 2 * slot.index;
    pair[0] = to_bf16(key[i]);
    pair[1] = to_bf16(key[i + 1]);
  }
  values += slot.index / 2 * 2 * static_cast<std::size_t>(layout.value_stride);
  if (slot.index % 2 == 1) {
    for (std::size_t i = 0; i < head_dim; ++i) values[2 * i + 1] = to_bf16(value[i]);
    return;
  }
  for (std::size_t i = 0; i < head_dim; ++i) values[2 * i] = to_bf16(value[i]);
  // What another text left there may not be a number, which a probability of zero would not silence.
  if (!slot.next_follows) {
    for (std::size_t i = 0; i < head_dim; ++i) values[2 * i + 1] = {};
  }
}

std::int32_t first_seen(std::int32_t length, std::int32_t window) {
  return window > 0 ? std::max(0, length - window) : 0;
}

struct SeenPages {
  std::size_t first = 0;
  std::size_t count = 0;
};
SeenPages pages_seen(const CachedRow& row, std::int32_t window) {
  const std::int32_t length = row.position + 1;
  const auto first = static_cast<std::size_t>(first_seen(length, window)) / page_width;
  const auto end = static_cast<std::size_t>(length + positions_per_page - 1) / page_width;
  return {first, end - first};
}

bool are_same(std::span<const std::int32_t> a, std::span<const std::int32_t> b) {
  return a.data() == b.data() && a.size() == b.size();
}

// How many of the first pages, at most `most`, both have.
std::size_t same_pages(std::span<const std::int32_t> a, std::span<const std::int32_t> b, std::size_t most) {
  std::size_t count = 0;
  while (count < std::min({most, a.size(), b.size()}) && a[count] == b[count]) ++count;
  return count;
}

// Of one thread, in memory that only grows.
struct AttendedRows {
  std::vector<CachedText> texts;
  std::vector<CachedQuery> queries;
  std::vector<float> scratch;
};

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
  parallel_blocks(rows.size(), rows_per_block, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const auto position = static_cast<std::size_t>(rows[row].position);
      Real* page = pool.page(rows[row].cache->pages[position / page_width]);
      const bool next_follows = row + 1 < rows.size() && rows[row + 1].cache == rows[row].cache;
      const Slot slot{position % page_width, next_follows};
      const float* key = &qkv[row * width + static_cast<std::size_t>(head_count) * head_dim];
      const float* value = key + static_cast<std::size_t>(layout.kv_head_count) * head_dim;
      for (std::int32_t head = 0; head < layout.kv_head_count; ++head, key += head_dim, value += head_dim) {
        put(page + layout.keys_at(layer, head), page + layout.values_at(layer, head), key, value, layout,
            slot);
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
  const auto attend_rows = [&](std::size_t block, std::size_t key_head) {
    thread_local AttendedRows memory;
    auto& [texts, queries, scratch] = memory;
    const std::size_t end = std::min(rows.size(), (block + 1) * rows_per_block);
    for (std::size_t row = block * rows_per_block; row < end;) {
      const SeenPages seen = pages_seen(rows[row], attention.window);
      texts.clear();
      queries.clear();
      std::size_t shared = seen.count;
      for (; row < end; ++row) {
        const SeenPages also = pages_seen(rows[row], attention.window);
        const auto pages =
            std::span<const std::int32_t>(rows[row].cache->pages).subspan(also.first, also.count);
        if (texts.empty() || !are_same(texts.back().pages, pages)) {
          const std::size_t alike =
              texts.empty() ? pages.size() : same_pages(texts.front().pages, pages, shared);
          if (also.first != seen.first || alike == 0) break;
          shared = alike;
          texts.push_back({pages, 0});
        }
        texts.back().query_count += group;
        const std::int32_t length = rows[row].position + 1;
        for (std::size_t head = key_head * group; head < (key_head + 1) * group; ++head) {
          queries.push_back({.query = &qkv[row * width + head * head_dim],
                             .out = &out[(row * head_count + head) * head_dim],
                             .begin = first_seen(length, attention.window),
                             .length = length});
        }
      }
      attend_head(CachedHead<Real>{.pool = &pool,
                                   .shared_pages = shared,
                                   .first = static_cast<std::int32_t>(seen.first * page_width),
                                   .keys_at = layout.keys_at(layer, static_cast<std::int32_t>(key_head)),
                                   .values_at = layout.values_at(layer, static_cast<std::int32_t>(key_head)),
                                   .scale = attention.scale},
                  texts, queries, scratch);
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
