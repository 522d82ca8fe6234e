// What weights in eight bits cost a whole model, against the same model in fp32.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>

#include "engine/formats/hugging_face.hpp"
#include "engine/generation/cached_decoder.hpp"
#include "tests/generation/random_model.hpp"
#include "tests/model/golden_case.hpp"

namespace preceptor::engine::test {
namespace {

// Log-probabilities of all tokens after each of the ids. (ids, vocabulary)
std::vector<double> logprobs(const Parameters& parameters, const std::vector<TokenId>& ids,
                             WeightFormat format) {
  CachedDecoder decoder(parameters, Precision::fp32, 1, format);
  SequenceCache cache;
  decoder.extend(cache, static_cast<std::int32_t>(ids.size()));
  std::vector<DecoderRow> rows;
  for (std::size_t i = 0; i < ids.size(); ++i) rows.push_back({ids[i], static_cast<std::int32_t>(i), &cache});
  std::vector<std::int32_t> wanted(ids.size());
  std::iota(wanted.begin(), wanted.end(), 0);
  const auto logits = decoder.forward(rows, wanted);
  std::vector<double> all(logits.begin(), logits.end());
  const std::size_t width = all.size() / ids.size();
  for (std::size_t begin = 0; begin < all.size(); begin += width) {
    const auto row = std::span(all).subspan(begin, width);
    const double most = *std::ranges::max_element(row);
    double sum = 0;
    for (const double logit : row) sum += std::exp(logit - most);
    for (double& logit : row) logit -= most + std::log(sum);
  }
  decoder.release(cache);
  return all;
}

struct Cost {
  double divergence = 0;  // Kullback-Leibler from fp32, mean over the positions, in nats
  double likeliest = 0;   // mean and
  double worst = 0;       // largest difference of the log-probability of what fp32 finds likeliest
  double agreement = 0;   // share of positions where both find the same token likeliest
};

Cost cost_of_eight_bits(const Parameters& parameters, const std::vector<TokenId>& ids) {
  const auto exact = logprobs(parameters, ids, WeightFormat::as_products);
  const auto rough = logprobs(parameters, ids, WeightFormat::int8);
  const std::size_t width = exact.size() / ids.size();
  const auto positions = static_cast<double>(ids.size());
  Cost cost;
  for (std::size_t begin = 0; begin < exact.size(); begin += width) {
    for (std::size_t i = begin; i < begin + width; ++i)
      cost.divergence += std::exp(exact[i]) * (exact[i] - rough[i]) / positions;
    const auto likeliest = [&](const std::vector<double>& all) {
      const auto from = all.begin() + static_cast<std::ptrdiff_t>(begin);
      return static_cast<std::size_t>(std::max_element(from, from + static_cast<std::ptrdiff_t>(width)) -
                                      all.begin());
    };
    const std::size_t best = likeliest(exact);
    const double difference = std::abs(exact[best] - rough[best]);
    cost.likeliest += difference / positions;
    cost.worst = std::max(cost.worst, difference);
    cost.agreement += (likeliest(rough) == best ? 1 : 0) / positions;
  }
  return cost;
}

void expect_cost(const Cost& cost, const Cost& most) {
  ::testing::Test::RecordProperty("divergence", std::to_string(cost.divergence));
  ::testing::Test::RecordProperty("likeliest", std::to_string(cost.likeliest));
  ::testing::Test::RecordProperty("worst", std::to_string(cost.worst));
  ::testing::Test::RecordProperty("agreement", std::to_string(cost.agreement));
  EXPECT_GT(cost.divergence, 0) << "eight bits are not fp32";
  EXPECT_LT(cost.divergence, most.divergence);
  EXPECT_LT(cost.likeliest, most.likeliest);
  EXPECT_LT(cost.worst, most.worst);
  EXPECT_GE(cost.agreement, most.agreement);
}

TEST(Int8Decoding, OfATrainedModelKeepsItsLogProbabilities) {
  const auto base =
      std::filesystem::path(PRECEPTOR_TEST_FOLDER).parent_path().parent_path() / "demo" / "base";
  const auto model = load_model(base);
  ASSERT_TRUE(model) << model.error().text();
  const std::string chat =
      "<|im_start|>user\nWhen does the ferry to the island leave on "
      "Sundays?<|im_end|>\n<|im_start|>assistant\n"
      "The ferry leaves at nine in the morning and at four in the afternoon.<|im_end|>\n<|im_start|>user\n"
      "And what does it cost for two adults and a child?<|im_end|>\n<|im_start|>assistant\n";
  const auto ids = model->tokenizer.encode(chat, text::SpecialTokens::none).ids;
  ASSERT_GT(ids.size(), 60U);
  expect_cost(cost_of_eight_bits(model->parameters, ids),
              {.divergence = 1e-3, .likeliest = 0.02, .worst = 0.2, .agreement = 0.95});
}

TEST(Int8Decoding, OfRandomWeightsIsBoundedAsWell) {
  expect_cost(cost_of_eight_bits(random_model(), random_ids(5, 120)),
              {.divergence = 0.02, .likeliest = 0.15, .worst = 0.8, .agreement = 0.9});
}

}  // namespace
}  // namespace preceptor::engine::test
