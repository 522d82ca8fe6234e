#include "engine/optimiser/adamw.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "engine/kernels/threads.hpp"
#include "engine/parameters.hpp"

namespace preceptor::engine {
namespace {

ModelConfig small_config() {
  ModelConfig config;
  config.vocabulary_size = 301;
  config.hidden_size = 70;
  config.intermediate_size = 33;
  config.layer_count = 1;
  config.head_count = config.kv_head_count = 1;
  config.head_dim = 6;
  config.context_length_max = 8;
  config.tied_embeddings = true;
  return config;
}

std::vector<float> some_gradients(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> gradients(count);
  for (float& value : gradients) value = static_cast<float>(random.normal());
  return gradients;
}

struct Plain {
  double weight, first = 0, second = 0;
};

TEST(AdamW, MatchesTheFormulaWithClippingAndDecayOfMatricesOnly) {
  Parameters parameters(small_config());
  Random random(1);
  parameters.initialise(random);
  const AdamWOptions options{.weight_decay = 0.1F, .gradient_norm_max = 2.0F};
  AdamW optimiser(parameters, options);
  std::vector<Plain> plain;
  for (const float value : parameters.values()) plain.push_back({value});
  const double rate = 0.01;
  for (int step = 1; step <= 3; ++step) {
    const auto gradients = some_gradients(plain.size(), static_cast<std::uint64_t>(step));
    double norm = 0;
    for (const float value : gradients) norm += double(value) * value;
    norm = std::sqrt(norm);
    EXPECT_NEAR(optimiser.step(parameters, gradients, static_cast<float>(rate)), norm, norm * 1e-6);
    for (const ParameterInfo& info : parameters.list()) {
      for (std::size_t i = info.offset; i < info.offset + info.count; ++i) {
        const double g = gradients[i] * 2.0 / (norm + 1e-6);
        plain[i].first = 0.9 * plain[i].first + 0.1 * g;
        plain[i].second = 0.999 * plain[i].second + 0.001 * g * g;
        const double m = plain[i].first / (1 - std::pow(0.9, step)),
                     v = plain[i].second / (1 - std::pow(0.999, step));
        plain[i].weight -=
            rate * (info.decays ? 0.1 : 0.0) * plain[i].weight + rate * m / (std::sqrt(v) + 1e-8);
        ASSERT_NEAR(parameters.values()[i], plain[i].weight, 2e-6) << info.name << " step " << step;
      }
    }
  }
}

TEST(AdamW, LeavesEverythingAloneWhenAGradientIsNotFinite) {
  Parameters parameters(small_config());
  Random random(1);
  parameters.initialise(random);
  const std::vector<float> before(parameters.values().begin(), parameters.values().end());
  AdamW optimiser(parameters, {});
  auto gradients = some_gradients(before.size(), 2);
  gradients[17] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(std::isfinite(optimiser.step(parameters, gradients, 0.1F)));
  EXPECT_TRUE(std::ranges::equal(parameters.values(), before));
  EXPECT_EQ(optimiser.step_count, 0);
}

TEST(AdamW, BitsDoNotDependOnThreads) {
  std::vector<std::vector<float>> results;
  for (const int threads : {1, 2, 3}) {
    const ThreadScope scope(threads);
    Parameters parameters(small_config());
    Random random(1);
    parameters.initialise(random);
    AdamW optimiser(parameters, {});
    const float norm = optimiser.step(parameters, some_gradients(parameters.values().size(), 3), 0.01F);
    results.emplace_back(parameters.values().begin(), parameters.values().end()).push_back(norm);
  }
  EXPECT_EQ(results[0], results[1]);
  EXPECT_EQ(results[0], results[2]);
}

}  // namespace
}  // namespace preceptor::engine
