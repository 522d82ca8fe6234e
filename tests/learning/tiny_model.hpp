#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "engine/parameters.hpp"
#include "learning/examples.hpp"
#include "learning/training.hpp"

namespace preceptor::learning {

inline engine::ModelConfig tiny_config() {
  engine::ModelConfig config;
  config.vocabulary_size = 61;
  config.hidden_size = 24;
  config.intermediate_size = 40;
  config.layer_count = 2;
  config.head_count = 4;
  config.kv_head_count = 2;
  config.head_dim = 6;
  config.context_length_max = 40;
  config.tied_embeddings = true;
  config.eos_ids = {1};
  return config;
}

inline engine::Parameters tiny_model(std::uint64_t seed = 3) {
  engine::Parameters parameters(tiny_config());
  Random random(seed);
  parameters.initialise(random);
  return parameters;
}

inline std::vector<text::TokenId> random_tokens(Random& random, std::size_t count) {
  std::vector<text::TokenId> tokens(count);
  for (auto& token : tokens) token = static_cast<text::TokenId>(3 + random.below(58));
  return tokens;
}

inline std::vector<TokenExample> random_demonstrations(std::size_t count, std::uint64_t seed = 11) {
  Random random(seed);
  std::vector<TokenExample> examples;
  for (std::size_t i = 0; i < count; ++i) {
    TokenExample example;
    example.tokens = random_tokens(random, 3 + random.below(20));
    example.token_weights.assign(example.tokens.size(), 1.0F);
    example.token_weights[0] = example.token_weights[1] = 0.0F;
    example.weight = static_cast<float>(0.25 + random.uniform());
    examples.push_back(std::move(example));
  }
  return examples;
}

inline std::vector<PreferenceExample> random_pairs(std::size_t count, std::uint64_t seed = 12) {
  Random random(seed);
  std::vector<PreferenceExample> pairs;
  for (std::size_t i = 0; i < count; ++i) {
    PreferenceExample pair;
    pair.prompt = random_tokens(random, 2 + random.below(6));
    pair.chosen = random_tokens(random, 1 + random.below(8));
    pair.rejected = random_tokens(random, 1 + random.below(8));
    pair.probability = static_cast<float>(0.5 + 0.5 * random.uniform());
    pair.weight = static_cast<float>(0.25 + random.uniform());
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

// fp32 on one thread: small differences are those of summation order alone.
inline TrainingOptions exact_options(std::int64_t steps = 6) {
  TrainingOptions options;
  options.learning_rate = 3e-3F;
  options.steps = steps;
  options.batch_examples = 8;
  options.precision = engine::Precision::fp32;
  options.threads = 1;
  options.seed = 9;
  return options;
}

inline double largest_difference(const engine::Parameters& a, const engine::Parameters& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.values().size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(a.values()[i]) - b.values()[i]));
  }
  return largest;
}

inline bool same_bits(const engine::Parameters& a, const engine::Parameters& b) {
  return std::ranges::equal(std::as_bytes(a.values()), std::as_bytes(b.values()));
}

inline std::filesystem::path learning_fixture(const std::string& name) {
  return std::filesystem::path(PRECEPTOR_TEST_FOLDER) / "fixtures" / name;
}

}  // namespace preceptor::learning
