#include "cli/bench/bench_model.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.hpp"
#include "base/result.hpp"

namespace preceptor::cli {

engine::ModelConfig bench_config(const std::string& shape) {
  engine::ModelConfig config;
  config.tied_embeddings = true;
  config.context_length_max = 2048;
  config.eos_ids = {0};
  config.pad_id = 0;
  if (shape == "smollm2-135m") {
    config.vocabulary_size = 49152;
    config.hidden_size = 576;
    config.intermediate_size = 1536;
    config.layer_count = 30;
    config.head_count = 9;
    config.kv_head_count = 3;
    config.head_dim = 64;
  } else if (shape == "nano") {
    config.vocabulary_size = 512;
    config.hidden_size = 64;
    config.intermediate_size = 128;
    config.layer_count = 2;
    config.head_count = 4;
    config.kv_head_count = 2;
    config.head_dim = 16;
  } else {
    throw Failure(ErrorKind::invalid, "no bench model '" + shape + "'", "there are smollm2-135m and nano");
  }
  return config;
}

engine::Parameters bench_parameters(const std::string& shape) {
  engine::Parameters parameters(bench_config(shape));
  Random random(1);
  parameters.initialise(random);
  return parameters;
}

namespace {

// By bisection; the peers' script uses Python's statistics.NormalDist.
double normal_quantile(double p) {
  double low = -8, high = 8;
  for (int i = 0; i < 80; ++i) {
    const double middle = (low + high) / 2;
    (0.5 * std::erfc(-middle / std::sqrt(2.0)) < p ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace

namespace {

// SplitMix64's finaliser: where the i-th of a list comes in a shuffled order (bench/peers/workload.py has the
// same).
std::uint64_t shuffled_place(std::uint64_t i) {
  std::uint64_t place = (i + 1) * 0x9E3779B97F4A7C15U;
  place = (place ^ (place >> 30U)) * 0xBF58476D1CE4E5B9U;
  place = (place ^ (place >> 27U)) * 0x94D049BB133111EBU;
  return place ^ (place >> 31U);
}

}  // namespace

std::vector<std::int32_t> bench_lengths(std::size_t count, double median, double sigma) {
  std::vector<std::uint64_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, {}, shuffled_place);
  std::vector<std::int32_t> lengths(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double quantile =
        normal_quantile((static_cast<double>(order[i]) + 0.5) / static_cast<double>(count));
    lengths[i] =
        static_cast<std::int32_t>(std::clamp(std::round(median * std::exp(sigma * quantile)), 2.0, 1024.0));
  }
  return lengths;
}

std::vector<text::TokenId> bench_tokens(std::int32_t length, std::int32_t vocabulary_size,
                                        std::uint64_t seed) {
  Random random(seed);
  std::vector<text::TokenId> tokens(static_cast<std::size_t>(length));
  for (text::TokenId& token : tokens) {
    token = static_cast<text::TokenId>(random.below(static_cast<std::uint64_t>(vocabulary_size)));
  }
  return tokens;
}

std::vector<learning::TokenExample> bench_documents(const engine::ModelConfig& config,
                                                    const std::vector<std::int32_t>& lengths) {
  std::vector<learning::TokenExample> documents;
  for (const std::int32_t length : lengths) {
    learning::TokenExample example;
    example.tokens = bench_tokens(length, config.vocabulary_size, 1000 + documents.size());
    example.token_weights.assign(example.tokens.size(), 1.0F);
    example.token_weights.front() = 0;
    documents.push_back(std::move(example));
  }
  return documents;
}

std::vector<learning::PreferenceExample> bench_pairs(const engine::ModelConfig& config, std::size_t count) {
  // 483 tokens a pair on average, the prompt counted once.
  const auto prompts = bench_lengths(count, 120, 0.53);
  const auto answers = bench_lengths(2 * count, 150, 0.53);
  std::vector<learning::PreferenceExample> pairs(count);
  for (std::size_t i = 0; i < count; ++i) {
    pairs[i].prompt = bench_tokens(prompts[i], config.vocabulary_size, 3 * i);
    pairs[i].chosen = bench_tokens(answers[2 * i], config.vocabulary_size, 3 * i + 1);
    pairs[i].rejected = bench_tokens(answers[2 * i + 1], config.vocabulary_size, 3 * i + 2);
  }
  return pairs;
}

}  // namespace preceptor::cli
