#include "engine/model/training_memory.hpp"

#include <gtest/gtest.h>

namespace preceptor::engine {
namespace {

// SmolLM2-135M's shape, with so few layers that the test stays small: everything below is in proportion.
ModelConfig config_of(std::int32_t layers) {
  ModelConfig config;
  config.vocabulary_size = 2048;
  config.hidden_size = 576;
  config.intermediate_size = 1536;
  config.layer_count = layers;
  config.head_count = 9;
  config.kv_head_count = 3;
  config.head_dim = 64;
  config.context_length_max = 2048;
  config.tied_embeddings = true;
  return config;
}

TEST(TrainingMemory, CountsThreeArraysForWhatLearns) {
  Parameters parameters(config_of(2));
  const auto whole = training_memory(parameters, {.precision = Precision::fp32}, 512);
  EXPECT_EQ(whole.gradients_and_moments, 12 * parameters.values().size());
  const FrozenWeights base(parameters, FrozenType::bf16);
  auto adapter = LoraParameters::make(parameters.config(), {.rank = 4}).value();
  const auto adapted = training_memory({base, adapter}, {.precision = Precision::fp32}, 512);
  EXPECT_EQ(adapted.gradients_and_moments, 12 * adapter.values().size());
  EXPECT_LT(adapted.gradients_and_moments, whole.gradients_and_moments / 20);
}

TEST(TrainingMemory, OfActivationsGrowsWithRowsAndLayersAndShrinksWhenTheyAreComputedAgain) {
  Parameters two(config_of(2)), six(config_of(6));
  const NetworkOptions fp32{.precision = Precision::fp32};
  const auto few = training_memory(two, fp32, 512).activations;
  EXPECT_NEAR(static_cast<double>(training_memory(two, fp32, 1024).activations), 2.0 * few, 0.01 * few);
  const auto many = training_memory(six, fp32, 512).activations;
  // A layer keeps qkv, attention, two branches and gate_up, fp32 here, and a few numbers for each row.
  const double layer = 512.0 * 4 * (960 + 576 + 576 + 576 + 3072 + 9 + 2);
  EXPECT_NEAR(static_cast<double>(many - few), 4 * layer, 0.01 * layer);
  const auto again =
      training_memory(six, {.precision = Precision::fp32, .recompute = Recompute::layers}, 512);
  EXPECT_LT(again.activations, many / 2);
}

TEST(TrainingMemory, OfLogitsIsBounded) {
  Parameters parameters(config_of(1));
  const NetworkOptions fp32{.precision = Precision::fp32};
  EXPECT_LT(training_memory(parameters, fp32, 512).logits, training_memory(parameters, fp32, 4096).logits);
  EXPECT_EQ(training_memory(parameters, fp32, 1 << 16).logits,
            training_memory(parameters, fp32, 1 << 18).logits);
}

}  // namespace
}  // namespace preceptor::engine
