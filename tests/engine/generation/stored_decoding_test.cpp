#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/formats/opened_model.hpp"
#include "engine/generation/cached_decoder.hpp"
#include "tests/formats/fixture_models.hpp"
#include "tests/formats/gguf/gguf_fixtures.hpp"

namespace preceptor::engine {
namespace {

// Logits of every position, in pieces of at most so many tokens.
std::vector<float> logits(CachedDecoder& decoder, const std::vector<TokenId>& ids, std::size_t piece) {
  std::vector<float> all;
  SequenceCache cache;
  for (std::size_t begin = 0; begin < ids.size(); begin += piece) {
    const std::size_t end = std::min(begin + piece, ids.size());
    decoder.extend(cache, static_cast<std::int32_t>(end));
    std::vector<DecoderRow> rows;
    for (std::size_t i = begin; i < end; ++i) rows.push_back({ids[i], static_cast<std::int32_t>(i), &cache});
    std::vector<std::int32_t> wanted(rows.size());
    std::iota(wanted.begin(), wanted.end(), 0);
    const auto some = decoder.forward(rows, wanted);
    all.insert(all.end(), some.begin(), some.end());
  }
  decoder.release(cache);
  return all;
}

std::vector<TokenId> some_ids(const ModelConfig& config) {
  std::vector<TokenId> ids(23);
  for (std::size_t i = 0; i < ids.size(); ++i)
    ids[i] = static_cast<TokenId>((i * 7 + 3) % static_cast<std::size_t>(config.vocabulary_size));
  return ids;
}

class Stored : public testing::TestWithParam<const char*> {
protected:
  std::filesystem::path path() const {
    const std::string name = GetParam();
    const auto folder = fixture_model(name);
    return std::filesystem::exists(folder) ? folder : gguf_fixture(name + ".gguf");
  }
};
INSTANTIATE_TEST_SUITE_P(Models, Stored,
                         testing::Values("untied", "tied", "sharded", "half", "bfloat", "llama3", "mistral",
                                         "qwen2", "qwen3", "gemma3", "gpt2", "llama_half_f16",
                                         "llama_bfloat_bf16"),
                         [](const auto& info) { return std::string(info.param); });

TEST_P(Stored, WeightsThatAreNoBlocksGiveTheBitsOfUnpackedOnes) {
  const auto stored = open_stored_weights(path());
  const auto parameters = load_parameters(path());
  ASSERT_TRUE(stored.has_value() && parameters.has_value());
  const auto ids = some_ids(stored->config());
  for (const WeightFormat format : {WeightFormat::as_products, WeightFormat::int8}) {
    CachedDecoder from_file(*stored, Precision::fp32, 0, format);
    CachedDecoder from_memory(*parameters, Precision::fp32, 0, format);
    EXPECT_EQ(logits(from_file, ids, 23), logits(from_memory, ids, 23));
  }
}

TEST(StoredDecoding, BrainFloatsGoIntoThePanelsAsTheyAre) {
  const auto stored = open_stored_weights(fixture_model("bfloat"));
  const auto parameters = load_parameters(fixture_model("bfloat"));
  ASSERT_TRUE(stored.has_value() && parameters.has_value());
  const auto ids = some_ids(stored->config());
  CachedDecoder from_file(*stored, Precision::bf16, 0);
  CachedDecoder from_memory(*parameters, Precision::bf16, 0);
  EXPECT_EQ(logits(from_file, ids, 5), logits(from_memory, ids, 5));
}

double error_rms(const std::vector<float>& one, const std::vector<float>& other) {
  EXPECT_EQ(one.size(), other.size());
  double sum = 0;
  for (std::size_t i = 0; i < one.size(); ++i) sum += std::pow(static_cast<double>(one[i]) - other[i], 2);
  return std::sqrt(sum / static_cast<double>(one.size()));
}

TEST(StoredDecoding, BlocksOfIntegersStayAsTheyAreAndAnswerCloserThanWeightsRoundedAgain) {
  const auto stored = open_stored_weights(gguf_fixture("llama_tied_q8_0.gguf"));
  const auto parameters = load_parameters(gguf_fixture("llama_tied_q8_0.gguf"));
  ASSERT_TRUE(stored.has_value() && parameters.has_value());
  const auto ids = some_ids(stored->config());
  CachedDecoder from_file(*stored, Precision::bf16, 0);
  CachedDecoder rounded_again(*parameters, Precision::fp32, 0, WeightFormat::int8);
  CachedDecoder unpacked(*parameters, Precision::fp32, 0);
  const auto fast = logits(from_file, ids, 23);
  const auto exact = logits(unpacked, ids, 23);
  const double error = error_rms(fast, exact);
  EXPECT_GT(error, 0) << "the blocks were unpacked";
  EXPECT_LT(error, error_rms(logits(rounded_again, ids, 23), exact));
  EXPECT_EQ(logits(from_file, ids, 1), fast) << "one row at a time";
  EXPECT_EQ(logits(from_file, ids, 7), fast) << "seven rows at a time";
}

}  // namespace
}  // namespace preceptor::engine
