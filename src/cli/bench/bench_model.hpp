#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/parameters.hpp"
#include "learning/examples.hpp"

namespace preceptor::cli {

struct BenchOptions {
  std::string shape = "smollm2-135m";  // or nano
  std::filesystem::path model;         // a folder or .gguf file to generate with, instead of the shape
  int runs = 5;
  int threads = 0;  // 0: hardware threads
  // Called before each measured run: the limit is measured then, in another process, while the work stands
  // still.
  std::function<void()> before_run = [] {};

  std::string model_name() const { return model.empty() ? shape : model.filename().string(); }
};

// Throws Failure(invalid) for a shape without a name here.
engine::ModelConfig bench_config(const std::string& shape);

// Random weights, always the same.
engine::Parameters bench_parameters(const std::string& shape);

// `count` lengths at the evenly spaced quantiles of a lognormal distribution, at most 1,024 and at least 2,
// in a fixed shuffled order: the peers' scripts in bench/peers make the same.
std::vector<std::int32_t> bench_lengths(std::size_t count, double median, double sigma);

// Random token ids, always the same for the same seed.
std::vector<text::TokenId> bench_tokens(std::int32_t length, std::int32_t vocabulary_size,
                                        std::uint64_t seed);

std::vector<learning::TokenExample> bench_documents(const engine::ModelConfig& config,
                                                    const std::vector<std::int32_t>& lengths);

// Prompts of median 120 tokens, each with two answers of median 150: about 483 tokens a pair, the prompt
// counted once.
std::vector<learning::PreferenceExample> bench_pairs(const engine::ModelConfig& config, std::size_t count);

}  // namespace preceptor::cli
