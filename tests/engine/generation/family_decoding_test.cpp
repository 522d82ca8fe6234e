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

// What bf16 picks where the CPU has it is, under fp32 after the same tokens, at most a twentieth of the span
// of all logits below the likeliest; elsewhere it is the likeliest.
TEST_P(FamilyDecoding, GreedyTextInBf16IsAsGoodAsThatInFp32UpToRounding) {
  auto ids = golden.record.at("greedy").at("prompt").get<std::vector<std::int32_t>>();
  CachedDecoder exact(parameters, Precision::fp32, 1);
  CachedDecoder rounded(parameters, Precision::bf16, 1);
  SequenceCache exact_cache, rounded_cache;
  for (int step = 0; step < 12; ++step) {
    const auto logits = next_logits(exact, exact_cache, ids);
    const auto guesses = next_logits(rounded, rounded_cache, ids);
    EXPECT_LT(relative_error(guesses, logits), cpu_has_bf16() ? 0.06 : 3e-6) << step;
    const auto [least, most] = std::ranges::minmax_element(logits);
    const auto picked = static_cast<std::size_t>(std::ranges::max_element(guesses) - guesses.begin());
    EXPECT_LE(*most - logits[picked], cpu_has_bf16() ? 0.05F * (*most - *least) : 0.0F) << step;
    ids = {static_cast<std::int32_t>(picked)};
  }
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
