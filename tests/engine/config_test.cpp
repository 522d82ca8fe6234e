#include "engine/config.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace preceptor::engine {
namespace {

ModelConfig good() {
  ModelConfig config;
  config.vocabulary_size = 100;
  config.hidden_size = 16;
  config.intermediate_size = 32;
  config.layer_count = 2;
  config.head_count = 4;
  config.kv_head_count = 2;
  config.head_dim = 6;
  config.context_length_max = 64;
  config.eos_ids = {1};
  return config;
}

template <class Change>
bool refused(const Change& change) {
  ModelConfig config = good();
  change(config);
  return !check(config).has_value();
}

TEST(ModelConfigCheck, AcceptsASmallModel) { EXPECT_TRUE(check(good()).has_value()); }

TEST(ModelConfigCheck, RefusesShapesThatAreMissingNegativeOrHuge) {
  EXPECT_TRUE(refused([](ModelConfig& c) { c.vocabulary_size = 0; }));
  EXPECT_TRUE(refused([](ModelConfig& c) { c.hidden_size = -16; }));
  EXPECT_TRUE(
      refused([](ModelConfig& c) { c.intermediate_size = std::numeric_limits<std::int32_t>::max(); }));
  EXPECT_TRUE(refused([](ModelConfig& c) { c.layer_count = 0; }));
  EXPECT_TRUE(refused([](ModelConfig& c) { c.context_length_max = 0; }));
  EXPECT_TRUE(refused([](ModelConfig& c) { c.label_count = -1; }));
  EXPECT_TRUE(refused([](ModelConfig& c) {
    c.hidden_size = c.intermediate_size = 1 << 17;
    c.layer_count = 1024;
  }));
}

TEST(ModelConfigCheck, RefusesHeadsThatDoNotDivideAndOddHeadDim) {
  EXPECT_TRUE(refused([](ModelConfig& c) { c.kv_head_count = 3; }));
  EXPECT_TRUE(refused([](ModelConfig& c) { c.kv_head_count = 8; }));
  EXPECT_TRUE(refused([](ModelConfig& c) { c.head_dim = 5; }));
}

TEST(ModelConfigCheck, RefusesNumbersThatAreNotNumbersAndIdsOutsideTheVocabulary) {
  EXPECT_TRUE(refused([](ModelConfig& c) { c.norm_epsilon = NAN; }));
  EXPECT_TRUE(refused([](ModelConfig& c) { c.rope_theta = INFINITY; }));
  EXPECT_TRUE(refused([](ModelConfig& c) { c.rope_theta = 0; }));
  EXPECT_TRUE(refused([](ModelConfig& c) { c.eos_ids = {100}; }));
  EXPECT_TRUE(refused([](ModelConfig& c) { c.bos_id = 100; }));
}

TEST(ModelConfigCheck, RefusesGraphsThatContradictThemselves) {
  EXPECT_TRUE(refused([](ModelConfig& c) { c.layer_attention = {LayerAttention::full}; }));
  EXPECT_TRUE(refused([](ModelConfig& c) { c.layer_attention.assign(2, LayerAttention::sliding); }));
  EXPECT_FALSE(refused([](ModelConfig& c) {
    c.layer_attention.assign(2, LayerAttention::sliding);
    c.sliding_window = 1;
  }));
  EXPECT_TRUE(refused([](ModelConfig& c) { c.rope_scaling = {.kind = RopeScaling::linear, .factor = 0}; }));
  EXPECT_TRUE(refused([](ModelConfig& c) {
    c.rope_scaling = {.kind = RopeScaling::llama3, .low_frequency_factor = 4, .high_frequency_factor = 4};
  }));
  EXPECT_TRUE(refused([](ModelConfig& c) { c.attention_scale_dim = -1; }));
  EXPECT_TRUE(refused([](ModelConfig& c) {
    c.norm = NormKind::layer;
    c.query_key_norm = true;
  }));
  EXPECT_FALSE(refused([](ModelConfig& c) {
    c.positions = Positions::learned;
    c.rope_theta = 0;
  }));
}

TEST(ModelConfig, ClassifiersAreNamedAfterTheirLanguageModels) {
  ModelConfig config = good();
  EXPECT_EQ(classifier_architecture(config), "LlamaForSequenceClassification");
  config.architecture = "GPT2LMHeadModel";
  EXPECT_EQ(classifier_architecture(config), "GPT2ForSequenceClassification");
  config.architecture = "Gemma3ForCausalLM";
  EXPECT_EQ(classifier_architecture(config), "Gemma3TextForSequenceClassification");
  config.architecture = classifier_architecture(config);
  EXPECT_EQ(classifier_architecture(config), "Gemma3TextForSequenceClassification");
}

}  // namespace
}  // namespace preceptor::engine
