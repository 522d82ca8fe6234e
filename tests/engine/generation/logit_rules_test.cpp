#include "engine/generation/logit_rules.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

namespace preceptor::engine {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

const nlohmann::json& golden() {
  static const nlohmann::json file =
      nlohmann::json::parse(std::ifstream(std::string(PRECEPTOR_TEST_FOLDER) + "/fixtures/sampling.json"));
  return file;
}

SamplingOptions options_of(const nlohmann::json& settings) {
  SamplingOptions options;
  options.temperature = settings.value("temperature", 1.0F);
  options.top_k = settings.value("top_k", 0);
  options.top_p = settings.value("top_p", 1.0F);
  options.min_p = settings.value("min_p", 0.0F);
  options.tokens_min = settings.value("tokens_min", 0);
  options.stop_ids = settings.value("stop_ids", std::vector<TokenId>{});
  options.repetition_penalty = settings.value("repetition_penalty", 1.0F);
  options.presence_penalty = settings.value("presence_penalty", 0.0F);
  options.frequency_penalty = settings.value("frequency_penalty", 0.0F);
  for (const auto& entry : settings.value("logit_bias", nlohmann::json::array()))
    options.logit_bias.push_back({entry[0].get<TokenId>(), entry[1].get<float>()});
  return options;
}

TokenHistory history_of(const nlohmann::json& one) {
  TokenHistory history(one.at("prompt").get<std::vector<TokenId>>());
  for (const TokenId id : one.at("text").get<std::vector<TokenId>>()) history.add(id);
  return history;
}

TEST(LogitRules, ChangeLogitsAsTransformersDoes) {
  for (const auto& one : golden().at("cases")) {
    auto logits = one.at("logits").get<std::vector<float>>();
    apply_rules(logits, options_of(one.at("settings")), history_of(one), {});
    for (std::size_t id = 0; id < logits.size(); ++id) {
      const auto& expected = one.at("changed")[id];
      if (expected.is_null()) {
        EXPECT_EQ(logits[id], -infinity) << one.at("settings") << id;
      } else {
        EXPECT_NEAR(logits[id], expected.get<float>(), 1e-5F) << one.at("settings") << id;
      }
    }
  }
}

TEST(LogitRules, DrawsFollowTransformersProbabilities) {
  constexpr int draws = 4000;
  for (const auto& one : golden().at("cases")) {
    const SamplingOptions options = options_of(one.at("settings"));
    auto logits = one.at("logits").get<std::vector<float>>();
    apply_rules(logits, options, history_of(one), {});
    Sampler sampler;
    Random random(20261123);
    std::vector<int> counts(logits.size());
    for (int draw = 0; draw < draws; ++draw)
      ++counts.at(static_cast<std::size_t>(sampler.pick(logits, options, random)));
    for (std::size_t id = 0; id < logits.size(); ++id) {
      const double probability = one.at("probabilities")[id].get<double>();
      const double spread = std::sqrt(draws * probability * (1 - probability));
      EXPECT_NEAR(counts[id], draws * probability, 5 * spread + (probability > 0 ? 1 : 0))
          << one.at("settings") << id;
    }
  }
}

TEST(LogitRules, WithoutSettingsNothingApplies) {
  TokenHistory history(std::vector<TokenId>{1, 2});
  history.add(2);
  EXPECT_FALSE(rules_apply({.stop_ids = {2}}, history, {}));
  EXPECT_FALSE(rules_apply({.tokens_min = 1, .stop_ids = {2}}, history, {}));
  EXPECT_TRUE(rules_apply({.tokens_min = 2, .stop_ids = {2}}, history, {}));
  const std::vector<std::uint64_t> allowed = {~0ULL};
  EXPECT_TRUE(rules_apply({}, history, allowed));
}

TEST(LogitRules, OnlyAllowedTokensKeepTheirLogits) {
  std::vector<float> logits(70, 1.5F);
  const std::vector<std::uint64_t> allowed = {1ULL << 3 | 1ULL << 63, 1ULL << 2};
  apply_rules(logits, {}, {}, allowed);
  for (std::size_t id = 0; id < logits.size(); ++id)
    EXPECT_EQ(logits[id], id == 3 || id == 63 || id == 66 ? 1.5F : -infinity) << id;
}

}  // namespace
}  // namespace preceptor::engine
