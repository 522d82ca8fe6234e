#include "engine/kernels/attention_keys_bf16.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "base/random.hpp"
#include "engine/kernels/attention_bf16.hpp"

namespace preceptor::engine {
namespace {

// Whether the query at one position may look at the key at another.
bool sees(std::size_t query, std::size_t key, std::size_t window) {
  return key <= query && (window == 0 || query - key < window);
}

TEST(AttentionKeysBf16, AQuerySeesTheKeysOfARunThatPlainCountingSays) {
  for (const std::size_t length : {1U, 15U, 16U, 17U, 40U}) {
    for (const std::size_t run_position : {0U, 3U, 20U}) {
      KeyRun run{};
      run.length = length;
      run.width = rounded_up(length, pair_lanes);
      run.position = run_position;
      for (const std::size_t window : {0U, 1U, 5U, 16U, 30U, 1000U}) {
        for (std::size_t first = 0; first < 70; first += 7) {
          const QueryBlock block{.row = 0, .position = first, .rows = 7};
          const Seen seen = seen_keys(run, block, window, 32);
          EXPECT_EQ(seen.at, 32U);
          EXPECT_EQ(seen.begin % pair_lanes, 0U);
          EXPECT_EQ(seen.end % pair_lanes, 0U);
          EXPECT_LE(seen.end, run.width);
          for (std::size_t query = first; query < first + block.rows; ++query) {
            const Range range = visible(seen, query, window);
            for (std::size_t key = 0; key < length; ++key) {
              ASSERT_EQ(key >= range.begin && key < range.end, sees(query, run_position + key, window))
                  << "query " << query << " key " << run_position + key << " window " << window;
            }
          }
        }
      }
    }
  }
}

TEST(AttentionKeysBf16, PacksTheKeysAndValuesOfASegmentForItsProducts) {
  EXPECT_EQ(attention_bf16_suits({1, 1, 2}), cpu_has_bf16());
  if (!cpu_has_bf16()) return;  // nothing packs for products that are not there
  for (const std::size_t dim : {2U, 6U, 16U, 20U, 34U}) {
    for (const std::size_t length : {1U, 2U, 17U, 31U}) {
      Random random(dim * 100 + length);
      const AttentionSegment segment{.first_row = 2, .length = length};
      std::vector<Bf16> rows((segment.first_row + length) * 3 * dim);
      for (Bf16& value : rows) value = to_bf16(static_cast<float>(random.normal()));
      const std::vector<AttentionSegment> segments = {segment};
      const HeadAttention head{.segments = segments,
                               .dim = dim,
                               .query = rows.data(),
                               .key = rows.data() + dim,
                               .value = rows.data() + 2 * dim,
                               .qkv_step = 3 * dim};
      const auto at = [&](std::size_t row, std::size_t part, std::size_t column) -> Pair {
        if (row >= length || column >= dim) return 0;
        return rows[(segment.first_row + row) * 3 * dim + part * dim + column].bits;
      };
      const std::size_t columns = rounded_up(dim, pair_lanes);
      const auto expect_transposed = [&](const Pair* packed, std::size_t part, std::size_t width) {
        for (std::size_t p = 0; p < dim / 2; ++p) {
          for (std::size_t r = 0; r < width; ++r)
            ASSERT_EQ(packed[p * width + r], at(r, part, 2 * p) | at(r, part, 2 * p + 1) << 16U)
                << p << ' ' << r;
        }
      };
      const auto expect_paired = [&](const Pair* packed, std::size_t part, std::size_t width) {
        for (std::size_t r = 0; r < width / 2; ++r) {
          for (std::size_t c = 0; c < columns; ++c)
            ASSERT_EQ(packed[r * columns + c], at(2 * r, part, c) | at(2 * r + 1, part, c) << 16U)
                << r << ' ' << c;
        }
      };
      for (const Direction direction : {Direction::forward, Direction::backward}) {
        AttentionScratch scratch;
        scratch.reserve(room(head, direction).words);
        const KeyRun run = pack_keys(head, segment, 0, direction, nullptr, scratch);
        EXPECT_LE(scratch.used(), room(head, direction).words);
        expect_transposed(run.keys_transposed, 1, run.width);
        if (direction == Direction::forward) {
          expect_paired(run.values_paired, 2, run.width);
        } else {
          expect_transposed(run.values_transposed, 2, run.width);
          expect_paired(run.keys_paired, 1, run.width);
        }
      }
    }
  }
}

}  // namespace
}  // namespace preceptor::engine
