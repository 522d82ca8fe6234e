#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "engine/generation/cached_decoder.hpp"
#include "tests/model/golden_case.hpp"

namespace preceptor::engine::test {
namespace {

std::vector<std::int32_t> counting(std::size_t count) {
  std::vector<std::int32_t> indices(count);
  std::iota(indices.begin(), indices.end(), 0);
  return indices;
}

class FamilyDecoding : public ::testing::TestWithParam<const char*> {
protected:
  FamilyDecoding() : golden("families/" + std::string(GetParam())), parameters(golden.config) {
    fill_parameters(parameters);
  }

  // Logits of the last of the tokens that follow what is in the cache.
  std::vector<float> next_logits(CachedDecoder& decoder, SequenceCache& cache,
                                 std::span<const std::int32_t> tokens) {
    const std::int32_t begin = cache.length;
    decoder.extend(cache, begin + static_cast<std::int32_t>(tokens.size()));
    std::vector<DecoderRow> rows;
    for (std::size_t i = 0; i < tokens.size(); ++i)
      rows.push_back({tokens[i], begin + static_cast<std::int32_t>(i), &cache});
    const std::vector<std::int32_t> last = {static_cast<std::int32_t>(tokens.size()) - 1};
    const auto logits = decoder.forward(rows, last);
    return {logits.begin(), logits.end()};
  }

  GoldenCase golden;
  Parameters parameters;
};

TEST_P(FamilyDecoding, GreedyTextIsThatOfTransformers) {
  const auto& greedy = golden.record.at("greedy");
  auto ids = greedy.at("prompt").get<std::vector<std::int32_t>>();
  const auto expected = greedy.at("tokens").get<std::vector<std::int32_t>>();
  CachedDecoder decoder(parameters, Precision::fp32, 1);
  SequenceCache cache;
  std::vector<std::int32_t> text;
  while (text.size() < expected.size()) {
    const auto logits = next_logits(decoder, cache, ids);
    ids = {static_cast<std::int32_t>(std::ranges::max_element(logits) - logits.begin())};
    text.push_back(ids.front());
  }
  EXPECT_EQ(text, expected);
}

TEST_P(FamilyDecoding, LogitsFromTheCacheEqualThoseOfTheTrainingGraph) {
  Generator generator("decoding");
  std::vector<std::int32_t> ids(45);  // over a page border and several windows
  for (auto& id : ids) {
    id = static_cast<std::int32_t>(generator.next() %
                                   static_cast<std::uint64_t>(golden.config.vocabulary_size));
  }
  for (const Precision precision : {Precision::fp32, Precision::bf16}) {
    Network network(parameters, {.precision = precision, .threads = 1});
    CachedDecoder decoder(parameters, precision, 1);
    const auto whole = network.logits({ids, {0, 45}}, counting(ids.size()));
    SequenceCache cache;
    std::vector<float> steps;
    for (const std::int32_t id : ids) {
      const auto logits = next_logits(decoder, cache, std::span(&id, 1));
      steps.insert(steps.end(), logits.begin(), logits.end());
    }
    EXPECT_LT(relative_error(steps, whole), network.precision() == Precision::fp32 ? 3e-6 : 0.06);
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, FamilyDecoding,
                         ::testing::Values("llama_linear_biased", "llama_3", "llama_dynamic",
                                           "mistral_window", "mistral_full", "qwen2_tied", "qwen2_window",
                                           "qwen3_wide_heads", "qwen3_tied_biased", "gemma3_mixed",
                                           "gemma3_pattern", "gpt2_tied", "gpt2_untied"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace preceptor::engine::test
