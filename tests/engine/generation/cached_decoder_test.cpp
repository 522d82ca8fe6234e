#include "engine/generation/cached_decoder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/model/network.hpp"
#include "tests/generation/random_model.hpp"

namespace preceptor::engine {
namespace {

std::vector<DecoderRow> rows_of(const std::vector<TokenId>& ids, const SequenceCache& cache,
                                std::size_t begin, std::size_t end) {
  std::vector<DecoderRow> rows;
  for (std::size_t i = begin; i < end; ++i) rows.push_back({ids[i], static_cast<std::int32_t>(i), &cache});
  return rows;
}

std::vector<std::int32_t> counting(std::size_t count) {
  std::vector<std::int32_t> indices(count);
  std::iota(indices.begin(), indices.end(), 0);
  return indices;
}

// Logits of every position, in pieces of at most `piece` tokens.
std::vector<float> logits_in_pieces(CachedDecoder& decoder, const std::vector<TokenId>& ids,
                                    std::size_t piece) {
  std::vector<float> all;
  SequenceCache cache;
  for (std::size_t begin = 0; begin < ids.size(); begin += piece) {
    const std::size_t end = std::min(begin + piece, ids.size());
    decoder.extend(cache, static_cast<std::int32_t>(end));
    const auto logits = decoder.forward(rows_of(ids, cache, begin, end), counting(end - begin));
    all.insert(all.end(), logits.begin(), logits.end());
  }
  decoder.release(cache);
  return all;
}

float difference_max(const std::vector<float>& one, const std::vector<float>& other) {
  EXPECT_EQ(one.size(), other.size());
  float largest = 0;
  for (std::size_t i = 0; i < one.size(); ++i) largest = std::max(largest, std::abs(one[i] - other[i]));
  return largest;
}

double error_rms(const std::vector<float>& one, const std::vector<float>& other) {
  EXPECT_EQ(one.size(), other.size());
  double sum = 0;
  for (std::size_t i = 0; i < one.size(); ++i) sum += std::pow(static_cast<double>(one[i]) - other[i], 2);
  return std::sqrt(sum / static_cast<double>(one.size()));
}

class CachedDecoderIn : public testing::TestWithParam<Precision> {};
INSTANTIATE_TEST_SUITE_P(Precisions, CachedDecoderIn, testing::Values(Precision::fp32, Precision::bf16),
                         [](const auto& info) { return info.param == Precision::fp32 ? "fp32" : "bf16"; });

TEST(CachedDecoder, LogitsEqualTheFullForwardOfTheNetwork) {
  Parameters parameters = random_model();
  const auto ids = random_ids(1, 75);  // over two page borders
  Network network(parameters, {.precision = Precision::fp32});
  CachedDecoder decoder(parameters, Precision::fp32, 0);
  EXPECT_LT(difference_max(logits_in_pieces(decoder, ids, 1), network.logits({ids, {0, 75}}, counting(75))),
            1e-4F);
}

TEST(CachedDecoder, BrainFloatsCostNoMoreAccuracyThanInTheNetwork) {
  Parameters parameters = random_model();
  const auto ids = random_ids(1, 75);
  Network exact(parameters, {.precision = Precision::fp32});
  Network rounded(parameters, {.precision = Precision::bf16});
  CachedDecoder decoder(parameters, Precision::bf16, 0);
  const auto expected = exact.logits({ids, {0, 75}}, counting(75));
  const double network_error = error_rms(rounded.logits({ids, {0, 75}}, counting(75)), expected);
  const double decoder_error = error_rms(logits_in_pieces(decoder, ids, 1), expected);
  EXPECT_LT(decoder_error, 1.1 * network_error + 1e-5) << network_error;
}

TEST_P(CachedDecoderIn, AnySplitOfAPromptGivesTheSameBits) {
  const Parameters parameters = random_model();
  const auto ids = random_ids(2, 100);
  CachedDecoder decoder(parameters, GetParam(), 0);
  const auto whole = logits_in_pieces(decoder, ids, ids.size());
  for (const std::size_t piece : {1, 2, 7, 32, 33, 99})
    EXPECT_EQ(logits_in_pieces(decoder, ids, piece), whole) << piece;
}

TEST_P(CachedDecoderIn, AnyNumberOfThreadsGivesTheSameBits) {
  const Parameters parameters = random_model();
  const auto ids = random_ids(2, 60);
  CachedDecoder one(parameters, GetParam(), 1);
  const auto expected = logits_in_pieces(one, ids, 13);
  for (const int threads : {2, 3}) {
    CachedDecoder several(parameters, GetParam(), threads);
    EXPECT_EQ(logits_in_pieces(several, ids, 13), expected) << threads;
  }
}

TEST_P(CachedDecoderIn, ASequenceGetsTheSameBitsAloneAndAmongOthers) {
  const Parameters parameters = random_model();
  CachedDecoder decoder(parameters, GetParam(), 0);
  constexpr std::size_t sequences = 33;
  std::vector<std::vector<TokenId>> texts;
  for (std::size_t i = 0; i < sequences; ++i) texts.push_back(random_ids(10 + i, 40));

  std::vector<SequenceCache> caches(sequences);
  std::vector<std::vector<float>> together(sequences);
  for (std::size_t position = 0; position < 40; ++position) {
    std::vector<DecoderRow> rows;
    for (std::size_t i = 0; i < sequences; ++i) {
      decoder.extend(caches[i], static_cast<std::int32_t>(position) + 1);
      rows.push_back({texts[i][position], static_cast<std::int32_t>(position), &caches[i]});
    }
    const auto logits = decoder.forward(rows, counting(sequences));
    for (std::size_t i = 0; i < sequences; ++i) {
      const auto row = logits.subspan(i * 50, 50);
      together[i].insert(together[i].end(), row.begin(), row.end());
    }
  }
  for (std::size_t i = 0; i < sequences; ++i)
    EXPECT_EQ(logits_in_pieces(decoder, texts[i], 1), together[i]) << i;
}

TEST(CachedDecoder, AForkGoesOnWithoutTouchingWhatItCameFrom) {
  const Parameters parameters = random_model();
  CachedDecoder decoder(parameters, Precision::fp32, 0);
  const auto ids = random_ids(4, 45);
  auto other_end = ids;
  other_end[41] = (other_end[41] + 1) % 50;

  SequenceCache prompt;
  decoder.extend(prompt, 40);
  decoder.forward(rows_of(ids, prompt, 0, 40), {});
  std::vector<std::vector<float>> ends;
  for (const auto& text : {ids, other_end, ids}) {
    SequenceCache fork = decoder.fork(prompt);
    decoder.extend(fork, 45);
    const auto logits = decoder.forward(rows_of(text, fork, 40, 45), std::vector<std::int32_t>{4});
    ends.emplace_back(logits.begin(), logits.end());
    decoder.release(fork);
  }
  EXPECT_EQ(ends[0], ends[2]);
  EXPECT_NE(ends[0], ends[1]);
  const auto whole = logits_in_pieces(decoder, ids, 45);
  EXPECT_EQ(ends[0], std::vector<float>(whole.end() - 50, whole.end()));
  decoder.release(prompt);
  EXPECT_EQ(decoder.pages_in_use(), 0U);
}

TEST(CachedDecoder, PagesAreSharedAndReused) {
  const Parameters parameters = random_model();
  CachedDecoder decoder(parameters, Precision::fp32, 0);
  SequenceCache prompt;
  decoder.extend(prompt, 2 * positions_per_page + 1);
  EXPECT_EQ(decoder.pages_in_use(), 3U);
  SequenceCache fork = decoder.fork(prompt);
  EXPECT_EQ(decoder.pages_in_use(), 4U) << "only the partial page is copied";
  decoder.release(prompt);
  EXPECT_EQ(decoder.pages_in_use(), 3U);
  decoder.release(fork);
  EXPECT_EQ(decoder.pages_in_use(), 0U);
}

TEST(CachedDecoder, NewWeightsAreUsedAfterTheyAreAnnounced) {
  Parameters parameters = random_model();
  CachedDecoder decoder(parameters, Precision::fp32, 0);
  const auto ids = random_ids(5, 10);
  const auto before = logits_in_pieces(decoder, ids, 10);
  for (float& value : parameters.values()) value *= 1.1F;
  decoder.weights_changed();
  CachedDecoder fresh(parameters, Precision::fp32, 0);
  const auto after = logits_in_pieces(decoder, ids, 10);
  EXPECT_NE(after, before);
  EXPECT_EQ(after, logits_in_pieces(fresh, ids, 10));
}

}  // namespace
}  // namespace preceptor::engine
