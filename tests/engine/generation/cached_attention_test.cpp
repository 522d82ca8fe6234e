#include "engine/generation/cached_attention.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/random.hpp"

namespace preceptor::engine {
namespace {

constexpr std::int32_t heads = 4;
constexpr std::int32_t kv_heads = 2;
constexpr std::int32_t head_dim = 12;  // no whole vector
constexpr std::int32_t length = 3 * positions_per_page + 7;
constexpr std::size_t qkv_width = (heads + 2 * kv_heads) * head_dim;
constexpr std::size_t out_width = heads * head_dim;

PageLayout small_layout() {
  ModelConfig config;
  config.layer_count = 2;
  config.head_count = heads;
  config.kv_head_count = kv_heads;
  config.head_dim = head_dim;
  return PageLayout(config);
}

std::vector<float> random_rows(std::int32_t count) {
  Random random(7);
  std::vector<float> rows(static_cast<std::size_t>(count) * qkv_width);
  for (float& value : rows) value = static_cast<float>(random.normal());
  return rows;
}

// What `row` attends to, in double precision, straight from the definition.
std::vector<double> expected_row(const std::vector<float>& qkv, std::int32_t row,
                                 const CachedAttention& attention) {
  const auto at = [&](std::int32_t position, std::int32_t head) {
    return &qkv[static_cast<std::size_t>(position) * qkv_width + static_cast<std::size_t>(head * head_dim)];
  };
  const std::int32_t begin = attention.window > 0 ? std::max(0, row + 1 - attention.window) : 0;
  std::vector<double> out(out_width);
  for (std::int32_t head = 0; head < heads; ++head) {
    const std::int32_t kv_head = head / (heads / kv_heads);
    double sum = 0;
    for (std::int32_t position = begin; position <= row; ++position) {
      double score = 0;
      for (std::int32_t i = 0; i < head_dim; ++i)
        score += static_cast<double>(at(row, head)[i]) * at(position, heads + kv_head)[i];
      const double weight = std::exp(attention.scale * score);
      sum += weight;
      for (std::int32_t i = 0; i < head_dim; ++i)
        out[static_cast<std::size_t>(head * head_dim + i)] +=
            weight * at(position, heads + kv_heads + kv_head)[i];
    }
    for (std::int32_t i = 0; i < head_dim; ++i) out[static_cast<std::size_t>(head * head_dim + i)] /= sum;
  }
  return out;
}

template <class Real>
class CachedAttentionIn : public testing::Test {
public:
  static constexpr bool exact = std::is_same_v<Real, float>;
  // The instructions of bf16 are there, or pages of it are never made.
  static bool can_run() { return exact || cpu_has_bf16(); }

  // The text's rows stored and attended in pieces, on pages where others left what is no number.
  std::vector<float> in_pieces(const std::vector<float>& qkv, std::int32_t piece,
                               const CachedAttention& attention) {
    PagePool<Real> pool(small_layout());
    SequenceCache before;
    pool.extend(before, length);
    Real stale;
    if constexpr (exact) {
      stale = std::numeric_limits<float>::quiet_NaN();
    } else {
      stale = to_bf16(std::numeric_limits<float>::quiet_NaN());
    }
    for (const std::int32_t page : before.pages) std::fill_n(pool.page(page), pool.layout().size(), stale);
    pool.release(before);

    std::vector<float> out(static_cast<std::size_t>(length) * out_width);
    SequenceCache cache;
    for (std::int32_t begin = 0; begin < length; begin += piece) {
      const std::int32_t end = std::min(begin + piece, length);
      pool.extend(cache, end);
      std::vector<CachedRow> rows;
      for (std::int32_t position = begin; position < end; ++position) rows.push_back({&cache, position});
      const auto some =
          std::span(qkv).subspan(static_cast<std::size_t>(begin) * qkv_width, rows.size() * qkv_width);
      const auto results =
          std::span(out).subspan(static_cast<std::size_t>(begin) * out_width, rows.size() * out_width);
      constexpr std::int32_t layer = 1;
      store_keys_values(pool, some, rows, layer, heads);
      cached_attention(results, some, pool, rows, layer, attention);
    }
    EXPECT_EQ(pool.pages_in_use(), before.pages.size() + cache.pages.size());
    return out;
  }
};
using Reals = testing::Types<float, Bf16>;
TYPED_TEST_SUITE(CachedAttentionIn, Reals);

constexpr CachedAttention attentions[] = {{.head_count = heads, .scale = 0.3F, .window = 0},
                                          {.head_count = heads, .scale = 0.3F, .window = 20},
                                          {.head_count = heads, .scale = 0.3F, .window = 1}};

TYPED_TEST(CachedAttentionIn, EqualsTheDefinitionWhateverStoodOnThePages) {
  if (!this->can_run()) return;
  const auto qkv = random_rows(length);
  for (const CachedAttention& attention : attentions) {
    const auto out = this->in_pieces(qkv, 1, attention);
    for (std::int32_t row = 0; row < length; ++row) {
      const auto expected = expected_row(qkv, row, attention);
      for (std::size_t i = 0; i < out_width; ++i) {
        // Values are around 1; bf16 keeps eight bits of queries, keys, values and probabilities.
        EXPECT_NEAR(out[static_cast<std::size_t>(row) * out_width + i], expected[i],
                    this->exact ? 2e-6 : 3e-2)
            << row << ' ' << i << ' ' << attention.window;
      }
    }
  }
}

TYPED_TEST(CachedAttentionIn, ARowHasTheSameBitsWhateverIsStoredAndAttendedWithIt) {
  if (!this->can_run()) return;
  const auto qkv = random_rows(length);
  for (const CachedAttention& attention : attentions) {
    const auto alone = this->in_pieces(qkv, 1, attention);
    for (const std::int32_t piece : {2, 3, 8, 33, length})
      EXPECT_EQ(this->in_pieces(qkv, piece, attention), alone) << piece << ' ' << attention.window;
  }
}

// Texts that go on from one beginning, some of them longer than others.
template <class Real>
struct Samples {
  static constexpr std::int32_t shared = 2 * positions_per_page + 5;
  PagePool<Real> pool{small_layout()};
  SequenceCache beginning;
  std::vector<SequenceCache> texts;
  std::vector<CachedRow> rows;  // the last of each text
  std::vector<float> qkv;       // of these

  explicit Samples(std::size_t count) : qkv(count * qkv_width) {
    constexpr std::int32_t layer = 1;
    const auto all = random_rows(shared + positions_per_page + 16);
    const auto at = [&](std::int32_t position) {
      return std::span(all).subspan(static_cast<std::size_t>(position) * qkv_width, qkv_width);
    };
    pool.extend(beginning, shared);
    for (std::int32_t position = 0; position < shared; ++position)
      store_keys_values<Real>(pool, at(position), std::vector<CachedRow>{{&beginning, position}}, layer,
                              heads);
    for (std::size_t i = 0; i < count; ++i) texts.push_back(pool.fork(beginning));
    for (std::size_t i = 0; i < count; ++i) {
      // Every other text has a page more than its neighbours.
      const std::int32_t end = shared + 1 + static_cast<std::int32_t>(i % 2 * positions_per_page + i);
      pool.extend(texts[i], end);
      for (std::int32_t position = shared; position < end; ++position)
        store_keys_values<Real>(pool, at(position), std::vector<CachedRow>{{&texts[i], position}}, layer,
                                heads);
      rows.push_back({&texts[i], end - 1});
      std::ranges::copy(at(static_cast<std::int32_t>(i)),
                        qkv.begin() + static_cast<std::ptrdiff_t>(i * qkv_width));
    }
  }

  std::vector<float> attend(std::size_t first, std::size_t count, const CachedAttention& attention) const {
    std::vector<float> out(count * out_width);
    cached_attention<Real>(out, std::span(qkv).subspan(first * qkv_width, count * qkv_width), pool,
                           std::span(rows).subspan(first, count), 1, attention);
    return out;
  }
};

TYPED_TEST(CachedAttentionIn, SamplesOfOneBeginningHaveTheSameBitsTogetherAndAlone) {
  if (!this->can_run()) return;
  constexpr std::size_t count = 13;
  const Samples<TypeParam> samples(count);
  for (const std::int32_t window : {0, 20, 70}) {
    const CachedAttention attention{.head_count = heads, .scale = 0.3F, .window = window};
    const auto together = samples.attend(0, count, attention);
    for (std::size_t i = 0; i < count; ++i) {
      const auto alone = samples.attend(i, 1, attention);
      EXPECT_TRUE(std::ranges::equal(alone, std::span(together).subspan(i * out_width, out_width)))
          << i << ' ' << window;
    }
  }
}

}  // namespace
}  // namespace preceptor::engine
