// Training throughput of a small model on packed sequences: tokens/s and the share of each part of a step.
// train_bench [tokens per step] [steps] [fp32|bf16] [threads]; processor time is told beside wall time, for
// busy machines
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "base/random.hpp"
#include "engine/model/network.hpp"
#include "engine/optimiser/adamw.hpp"

using namespace preceptor;
using namespace preceptor::engine;

namespace {

double processor_s() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

ModelConfig small_model() {
  ModelConfig config;
  config.vocabulary_size = 2048;
  config.hidden_size = 256;
  config.intermediate_size = 704;
  config.layer_count = 4;
  config.head_count = 8;
  config.kv_head_count = 4;
  config.head_dim = 32;
  config.context_length_max = 512;
  config.tied_embeddings = true;
  return config;
}

// Sequences of 40 … 120 tokens; every token but the last of each is followed by a target.
void fill_batch(PackedBatch& batch, std::vector<Target>& targets, std::int32_t tokens, Random& random,
                const ModelConfig& config) {
  batch = {};
  targets.clear();
  batch.starts.push_back(0);
  while (batch.starts.back() < tokens) {
    const std::int32_t length = 40 + static_cast<std::int32_t>(random.below(81));
    for (std::int32_t i = 0; i < length; ++i) {
      batch.tokens.push_back(
          static_cast<std::int32_t>(random.below(static_cast<std::uint64_t>(config.vocabulary_size))));
    }
    const std::int32_t start = batch.starts.back();
    for (std::int32_t i = 0; i + 1 < length; ++i) {
      targets.push_back({start + i, batch.tokens[static_cast<std::size_t>(start + i + 1)]});
    }
    batch.starts.push_back(start + length);
  }
}

}  // namespace

int main(int argument_count, char** arguments) {
  const std::int32_t tokens = argument_count > 1 ? std::atoi(arguments[1]) : 4096;
  const int steps = argument_count > 2 ? std::atoi(arguments[2]) : 20;
  const bool fp32 = argument_count > 3 && std::strcmp(arguments[3], "fp32") == 0;
  const int threads = argument_count > 4 ? std::atoi(arguments[4]) : 0;
  const ModelConfig config = small_model();
  Random random(1);
  Parameters parameters(config);
  parameters.initialise(random);
  Network network(parameters, {.precision = fp32 ? Precision::fp32 : Precision::bf16, .threads = threads});
  AdamW optimiser(parameters, {.threads = threads});
  PackedBatch batch;
  std::vector<Target> targets;
  double forward_s = 0, backward_s = 0, optimiser_s = 0, seen = 0, cpu_s = 0;
  for (int step = -3; step < steps; ++step) {
    fill_batch(batch, targets, tokens, random, config);
    const double begin = now_s();
    const double begin_cpu = processor_s();
    const std::vector<float> logprobs = network.forward_logprobs(batch, targets);
    const double forward_end = now_s();
    const std::vector<float> d_logprobs(logprobs.size(), -1.0F / static_cast<float>(logprobs.size()));
    network.zero_gradients();
    network.backward_logprobs(d_logprobs);
    const double backward_end = now_s();
    optimiser.step(parameters, network.gradients(), 1e-3F);
    network.weights_changed();
    const double end = now_s();
    if (step < 0) continue;  // warm-up
    cpu_s += processor_s() - begin_cpu;
    forward_s += forward_end - begin;
    backward_s += backward_end - forward_end;
    optimiser_s += end - backward_end;
    seen += static_cast<double>(batch.tokens.size());
  }
  const double total_s = forward_s + backward_s + optimiser_s;
  std::printf(
      "%zu parameters, %.0f tokens/s (%.1f ms a step: forward %.1f, backward %.1f, optimiser %.1f; processor "
      "%.1f)\n",
      parameters.count(), seen / total_s, total_s / steps * 1e3, forward_s / steps * 1e3,
      backward_s / steps * 1e3, optimiser_s / steps * 1e3, cpu_s / steps * 1e3);
  return 0;
}
