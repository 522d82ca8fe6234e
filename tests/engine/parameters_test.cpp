#include "engine/parameters.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace preceptor::engine {
namespace {

ModelConfig small_config() {
  ModelConfig config;
  config.vocabulary_size = 101;
  config.hidden_size = 20;
  config.intermediate_size = 27;
  config.layer_count = 2;
  config.head_count = 4;
  config.kv_head_count = 2;
  config.head_dim = 6;
  config.context_length_max = 64;
  return config;
}

TEST(Parameters, AreNamedAndShapedAsHuggingFaceDoes) {
  const auto list = parameter_list(small_config());
  ASSERT_EQ(list.size(), 1U + 2 * 9 + 2);
  EXPECT_EQ(list.front().name, "model.embed_tokens.weight");
  EXPECT_EQ(list.front().shape, (std::vector<std::int64_t>{101, 20}));
  const auto key = std::ranges::find(list, "model.layers.1.self_attn.k_proj.weight", &ParameterInfo::name);
  ASSERT_NE(key, list.end());
  EXPECT_EQ(key->shape, (std::vector<std::int64_t>{12, 20}));
  EXPECT_EQ(list.back().name, "lm_head.weight");
}

TEST(Parameters, TiedModelsAndClassifiersHaveTheirHeads) {
  ModelConfig config = small_config();
  config.tied_embeddings = true;
  EXPECT_EQ(parameter_list(config).back().name, "model.norm.weight");
  EXPECT_EQ(model_slices(config).head.offset, model_slices(config).embedding.offset);
  config.label_count = 2;
  EXPECT_EQ(parameter_list(config).back().name, "score.weight");
  EXPECT_EQ(model_slices(config).score.count, 40U);
  config.tied_embeddings = false;
  EXPECT_EQ(parameter_list(config).back().name, "score.weight");
  EXPECT_EQ(model_slices(config).head.count, 0U);
}

TEST(Parameters, GroupsOfMatricesAreContiguousAndNothingOverlaps) {
  const ModelConfig config = small_config();
  const auto list = parameter_list(config);
  for (std::size_t i = 1; i < list.size(); ++i)
    EXPECT_GE(list[i].offset, list[i - 1].offset + list[i - 1].count);
  EXPECT_GE(parameter_arena_size(config), list.back().offset + list.back().count);
  const LayerSlices layer = model_slices(config).layers[1];
  const std::size_t hidden = 20;
  EXPECT_EQ(layer.qkv.weight.count, static_cast<std::size_t>(config.qkv_width()) * hidden);
  EXPECT_EQ(layer.gate_up.weight.count, 2 * 27 * hidden);
  EXPECT_EQ(layer.down.weight.count, 27 * hidden);
  EXPECT_EQ(layer.attention_output.weight.count, 24 * hidden);
}

TEST(Parameters, InitialiseRepeatsAndScalesAsDocumented) {
  Parameters parameters(small_config()), again(small_config());
  Random random(7), same(7);
  parameters.initialise(random);
  again.initialise(same);
  EXPECT_TRUE(std::ranges::equal(parameters.values(), again.values()));
  EXPECT_TRUE(std::ranges::equal(parameters.values(), parameters.clone().values()));
  const auto deviation = [&](std::string_view name) {
    double sum = 0;
    for (const float value : parameters.tensor(name)) sum += double(value) * value;
    return std::sqrt(sum / static_cast<double>(parameters.tensor(name).size()));
  };
  EXPECT_NEAR(deviation("model.embed_tokens.weight"), 0.02, 0.002);
  EXPECT_NEAR(deviation("model.layers.0.mlp.down_proj.weight"), 0.01, 0.002);
  EXPECT_EQ(deviation("model.norm.weight"), 1.0);
  EXPECT_TRUE(parameters.tensor("no.such.tensor").empty());
}

ModelConfig gpt2_config() {
  ModelConfig config = small_config();
  config.kv_head_count = 4;
  config.head_dim = 5;
  config.tied_embeddings = true;
  config.naming = TensorNaming::gpt2;
  config.norm = NormKind::layer;
  config.feed_forward = FeedForward::plain;
  config.activation = Activation::gelu_tanh;
  config.qkv_bias = config.attention_output_bias = config.feed_forward_bias = true;
  config.positions = Positions::learned;
  return config;
}

TEST(Parameters, Gpt2KeepsItsNamesAndHoldsItsMatricesTransposed) {
  const auto list = parameter_list(gpt2_config());
  ASSERT_EQ(list.size(), 2U + 2 * 12 + 2);
  EXPECT_EQ(list[1].name, "transformer.wpe.weight");
  EXPECT_EQ(list[1].shape, (std::vector<std::int64_t>{64, 20}));
  EXPECT_FALSE(list[1].stored_transposed);
  const auto fused = std::ranges::find(list, "transformer.h.1.attn.c_attn.weight", &ParameterInfo::name);
  ASSERT_NE(fused, list.end());
  EXPECT_EQ(fused->shape, (std::vector<std::int64_t>{60, 20}));
  EXPECT_EQ(fused->stored_shape(), (std::vector<std::int64_t>{20, 60}));
  EXPECT_EQ(list.back().name, "transformer.ln_f.bias");
  EXPECT_FALSE(list.back().decays);
  const LayerSlices layer = model_slices(gpt2_config()).layers[0];
  EXPECT_EQ(layer.qkv.bias.count, 60U);
  EXPECT_EQ(layer.gate_up.weight.count, 27U * 20);
  EXPECT_EQ(layer.input_norm.bias.count, 20U);
}

TEST(Parameters, NormsAfterAndHeadNormsHaveTheirGains) {
  ModelConfig config = small_config();
  config.norm = NormKind::rms_plus_one;
  config.norm_placement = NormPlacement::before_and_after;
  config.query_key_norm = true;
  config.qkv_bias = true;
  Parameters parameters(config);
  for (const char* name : {"input_layernorm", "post_attention_layernorm", "pre_feedforward_layernorm",
                           "post_feedforward_layernorm"}) {
    EXPECT_EQ(parameters.tensor("model.layers.0." + std::string(name) + ".weight").size(), 20U) << name;
  }
  EXPECT_EQ(parameters.tensor("model.layers.1.self_attn.q_norm.weight").size(), 6U);
  EXPECT_EQ(parameters.tensor("model.layers.1.self_attn.v_proj.bias").size(), 12U);
  const LayerSlices layer = model_slices(config).layers[1];
  EXPECT_EQ(layer.qkv.bias.count, 48U);
  EXPECT_EQ(layer.attention_output_norm.gain.of(std::span(parameters.values())).data(),
            parameters.tensor("model.layers.1.post_attention_layernorm.weight").data());
  Random random(7);
  parameters.initialise(random);
  for (const ParameterInfo& info : parameters.list()) {
    if (info.role == ParameterRole::matrix) continue;
    EXPECT_EQ(std::ranges::count(parameters.tensor(info.name), 0.0F), static_cast<std::ptrdiff_t>(info.count))
        << info.name << ": a gain counted from one, or a bias, starts at zero";
  }
}

}  // namespace
}  // namespace preceptor::engine
