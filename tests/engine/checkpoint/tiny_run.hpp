#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "engine/checkpoint/checkpoint.hpp"
#include "engine/model/network.hpp"
#include "engine/optimiser/adamw.hpp"

namespace preceptor::engine {

// A training run small enough for a test and with everything that a resume must restore: the weights, both
// moments, the optimiser's step, and a random stream that every batch is drawn from.
class TinyRun {
public:
  TinyRun() {
    Random weights(7);
    parameters.initialise(weights);
    network.weights_changed();
  }

  void step() {
    PackedBatch batch{.tokens = {}, .starts = {0}};
    std::vector<Target> targets;
    for (int sequence = 0; sequence < 3; ++sequence) {
      for (int i = 0; i < 6; ++i) {
        const auto row = static_cast<std::int32_t>(batch.tokens.size());
        if (i > 0) targets.push_back({row - 1, 0});
        batch.tokens.push_back(static_cast<std::int32_t>(state.random.below(40)));
        if (i > 0) targets.back().token = batch.tokens.back();
      }
      batch.starts.push_back(static_cast<std::int32_t>(batch.tokens.size()));
    }
    network.zero_gradients();
    const auto logprobs = network.forward_logprobs(batch, targets);
    network.backward_logprobs(
        std::vector<float>(logprobs.size(), -1.0F / static_cast<float>(logprobs.size())));
    optimiser.step(parameters, network.gradients(), 1e-2F);
    network.weights_changed();
    ++state.step;
    state.cursor_json = "{\"row\": " + std::to_string(state.step * 3) + "}";
  }

  void steps_until(std::int64_t last) {
    while (state.step < last) step();
  }

  void save(const std::filesystem::path& folder) { save_checkpoint(folder, parameters, optimiser, state); }

  Result<void> load(const std::filesystem::path& folder) {
    auto loaded = load_checkpoint(folder, parameters, optimiser);
    if (!loaded) return tl::unexpected(loaded.error());
    state = std::move(*loaded);
    network.weights_changed();
    return {};
  }

  static ModelConfig config() {
    return {.vocabulary_size = 40,
            .hidden_size = 16,
            .intermediate_size = 24,
            .layer_count = 2,
            .head_count = 2,
            .kv_head_count = 1,
            .head_dim = 8,
            .context_length_max = 16};
  }

  Parameters parameters{config()};
  AdamW optimiser{parameters, {.weight_decay = 0.1F}};
  Network network{parameters, {.precision = Precision::bf16, .threads = 1}};
  TrainingState state{.random = Random(11)};
};

inline bool same_bits(const TinyRun& one, const TinyRun& other) {
  return std::ranges::equal(one.parameters.values(), other.parameters.values()) &&
         std::ranges::equal(one.optimiser.first_moment(), other.optimiser.first_moment()) &&
         std::ranges::equal(one.optimiser.second_moment(), other.optimiser.second_moment()) &&
         one.optimiser.step_count == other.optimiser.step_count && one.state.step == other.state.step &&
         one.state.random.state() == other.state.random.state() &&
         one.state.cursor_json == other.state.cursor_json;
}

}  // namespace preceptor::engine
