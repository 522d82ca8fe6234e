#include "engine/generation/prefix_cache.hpp"

#include <gtest/gtest.h>

#include "engine/generation/cache_room.hpp"
#include "tests/generation/random_model.hpp"

namespace preceptor::engine {
namespace {

ModelConfig small_config() {
  return {.vocabulary_size = 50,
          .hidden_size = 8,
          .intermediate_size = 8,
          .layer_count = 1,
          .head_count = 1,
          .kv_head_count = 1,
          .head_dim = 8,
          .context_length_max = 256};
}

class PrefixCacheTest : public testing::Test {
protected:
  // Writes a text of so many tokens, remembers it and gives it back.
  void remember(PrefixCache& cache, const std::vector<TokenId>& tokens) {
    SequenceCache sequence = cache.find(tokens);
    pool.extend(sequence, static_cast<std::int32_t>(tokens.size()));
    cache.keep(tokens, sequence);
    pool.release(sequence);
  }
  std::int32_t known(PrefixCache& cache, const std::vector<TokenId>& tokens) {
    SequenceCache sequence = cache.find(tokens);
    const std::int32_t length = sequence.length;
    pool.release(sequence);
    return length;
  }
  PagePool<float> pool{PageLayout(small_config())};
};

TEST_F(PrefixCacheTest, FindsWholePagesOfWhatWasKept) {
  PrefixCache cache(pool);
  auto text = random_ids(1, 100);
  EXPECT_EQ(known(cache, text), 0);
  remember(cache, text);
  EXPECT_EQ(cache.page_count(), 3U);
  EXPECT_EQ(known(cache, text), 96);
  EXPECT_EQ(known(cache, random_ids(1, 96)), 64) << "one token is left over for the logits";
  EXPECT_EQ(known(cache, random_ids(1, 97)), 96);
  text[40] += text[40] > 0 ? -1 : 1;
  EXPECT_EQ(known(cache, text), 32);
  text[3] += text[3] > 0 ? -1 : 1;
  EXPECT_EQ(known(cache, text), 0);
}

TEST_F(PrefixCacheTest, APageIsOnlyFoundAfterThePagesBeforeIt) {
  PrefixCache cache(pool);
  const auto page = random_ids(1, 32);
  auto other = random_ids(2, 32);
  other.insert(other.end(), page.begin(), page.end());
  other.push_back(1);
  remember(cache, other);
  auto text = page;
  text.insert(text.end(), page.begin(), page.end());
  text.push_back(1);
  EXPECT_EQ(known(cache, text), 0);
}

TEST_F(PrefixCacheTest, TheLongestUnusedEndsAreDroppedFirst) {
  PrefixCache cache(pool);
  remember(cache, random_ids(1, 70));
  remember(cache, random_ids(2, 70));
  EXPECT_EQ(known(cache, random_ids(1, 70)), 64);
  EXPECT_TRUE(cache.drop_one());
  EXPECT_EQ(known(cache, random_ids(2, 70)), 32);
  EXPECT_EQ(known(cache, random_ids(1, 70)), 64);
  EXPECT_TRUE(cache.drop_one());  // now the other is the older one
  EXPECT_EQ(known(cache, random_ids(1, 70)), 64);
  EXPECT_TRUE(cache.drop_one());
  EXPECT_TRUE(cache.drop_one());
  EXPECT_FALSE(cache.drop_one());
  EXPECT_EQ(pool.pages_in_use(), 0U);
}

TEST_F(PrefixCacheTest, PagesThatASequenceHoldsAreNotDropped) {
  PrefixCache cache(pool);
  remember(cache, random_ids(1, 70));
  SequenceCache sequence = cache.find(random_ids(1, 70));
  EXPECT_EQ(cache.droppable_count(), 0U);
  EXPECT_FALSE(cache.drop_one());
  pool.release(sequence);
  EXPECT_EQ(cache.droppable_count(), 2U);
  EXPECT_TRUE(cache.drop_one());
}

TEST_F(PrefixCacheTest, ClearingGivesAllPagesBack) {
  PrefixCache cache(pool);
  for (std::uint64_t seed = 0; seed < 5; ++seed) remember(cache, random_ids(seed, 100));
  EXPECT_EQ(pool.pages_in_use(), 15U);
  cache.clear();
  EXPECT_EQ(pool.pages_in_use(), 0U);
  EXPECT_EQ(known(cache, random_ids(1, 100)), 0);
}

TEST_F(PrefixCacheTest, RoomIsMadeByLettingGoOfEndedTexts) {
  const std::size_t page = pool.page_bytes();
  CacheRoom room(pool, 64, 10 * page, 6 * page);
  EXPECT_EQ(room.pages_max(), 10U);
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    SequenceCache sequence;
    pool.extend(sequence, 96);
    room.keep(random_ids(seed, 96), sequence);
    pool.release(sequence);
  }
  EXPECT_EQ(room.prefix_pages(), 6U) << "at most what may be kept";
  SequenceCache running;
  pool.extend(running, 6 * 32);  // with the six kept more than ten
  EXPECT_FALSE(room.could_take(5));
  EXPECT_TRUE(room.could_take(4));
  EXPECT_TRUE(room.make_room(4));
  EXPECT_EQ(pool.pages_in_use(), 6U);
  EXPECT_FALSE(room.make_room(5));
}

TEST_F(PrefixCacheTest, OneWholeContextAlwaysFits) {
  CacheRoom room(pool, 256, 0, 0);
  EXPECT_EQ(room.pages_max(), 9U);
}

}  // namespace
}  // namespace preceptor::engine
