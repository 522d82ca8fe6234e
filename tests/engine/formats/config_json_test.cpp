#include "engine/formats/config_json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace preceptor::engine {
namespace {

using nlohmann::json;

json small() {
  return {{"architectures", {"LlamaForCausalLM"}},
          {"model_type", "llama"},
          {"vocab_size", 100},
          {"hidden_size", 32},
          {"intermediate_size", 64},
          {"num_hidden_layers", 2},
          {"num_attention_heads", 4},
          {"max_position_embeddings", 128}};
}

json with(const char* key, json value) {
  json object = small();
  object[key] = std::move(value);
  return object;
}

Error refusal_of(const json& object) {
  const auto config = config_from_json(object, "here/config.json");
  EXPECT_FALSE(config.has_value()) << object;
  if (config) return {};
  EXPECT_EQ(config.error().where, "here/config.json");
  return config.error();
}

TEST(ConfigJson, FieldsThatMayBeMissingHaveTransformersDefaults) {
  const auto config = config_from_json(small(), "config.json");
  ASSERT_TRUE(config.has_value()) << config.error().text();
  EXPECT_EQ(config->kv_head_count, 4);
  EXPECT_EQ(config->head_dim, 8);
  EXPECT_EQ(config->norm_epsilon, 1e-6F);
  EXPECT_EQ(config->rope_theta, 10000.0F);
  EXPECT_FALSE(config->tied_embeddings);
  EXPECT_EQ(config->label_count, 0);
  EXPECT_EQ(config->pad_id, -1);
  EXPECT_TRUE(config->eos_ids.empty());
}

TEST(ConfigJson, WhatIsWrittenIsReadBack) {
  ModelConfig config{.vocabulary_size = 300,
                     .hidden_size = 48,
                     .intermediate_size = 100,
                     .layer_count = 3,
                     .head_count = 6,
                     .kv_head_count = 2,
                     .head_dim = 16,
                     .context_length_max = 77,
                     .norm_epsilon = 1e-5F,
                     .rope_theta = 500000.0F,
                     .tied_embeddings = true,
                     .bos_id = 1,
                     .pad_id = 0,
                     .eos_ids = {2, 5}};
  for (const std::int32_t labels : {0, 1, 4}) {
    config.label_count = labels;
    config.architecture = labels > 0 ? "LlamaForSequenceClassification" : "LlamaForCausalLM";
    const json written = json::parse(config_to_json(config, StoredType::bf16).dump());
    EXPECT_EQ(written.at("rms_norm_eps"), 1e-5);
    const auto read = config_from_json(written, "config.json");
    ASSERT_TRUE(read.has_value()) << read.error().text();
    EXPECT_EQ(*read, config);
  }
}

TEST(ConfigJson, BothSpellingsOfTheRotaryBaseAreRead) {
  EXPECT_EQ(config_from_json(with("rope_theta", 500000), "c")->rope_theta, 500000.0F);
  const json nested = {{"rope_theta", 7000.0}, {"rope_type", "default"}};
  EXPECT_EQ(config_from_json(with("rope_parameters", nested), "c")->rope_theta, 7000.0F);
}

TEST(ConfigJson, OtherArchitecturesAndScalingsAreRefused) {
  const std::vector<json> unsupported = {
      with("architectures", {"Gemma3ForCausalLM"}),
      with("architectures", {"MixtralForCausalLM"}),
      with("model_type", "mistral"),
      with("rope_parameters", {{"rope_type", "yarn"}, {"rope_theta", 10000.0}}),
      with("rope_parameters", {{"rope_type", "default"}, {"partial_rotary_factor", 0.5}}),
      with("partial_rotary_factor", 0.5),
      with("attention_logit_softcapping", 50.0),
      with("final_logit_softcapping", 30.0),
      with("num_local_experts", 8),
      with("hidden_act", "gelu"),
      with("sliding_window", 4096),
      with("quantization_config", {{"bits", 4}}),
  };
  for (const json& object : unsupported) {
    EXPECT_EQ(refusal_of(object).kind, ErrorKind::unsupported) << object;
  }
}

TEST(ConfigJson, ARefusalNamesTheField) {
  for (const char* key : {"attention_logit_softcapping", "final_logit_softcapping", "num_experts",
                          "sliding_window", "quantization_config"}) {
    EXPECT_NE(refusal_of(with(key, 8)).message.find(key), std::string::npos) << key;
  }
  EXPECT_NE(refusal_of(with("hidden_act", "relu")).message.find("hidden_act"), std::string::npos);
  EXPECT_NE(refusal_of(with("rope_scaling", {{"rope_type", "yarn"}})).message.find("rope_scaling"),
            std::string::npos);
}

TEST(ConfigJson, RopeScalingsOfBothSpellingsAreRead) {
  const RopeScaling linear{.kind = RopeScaling::linear, .factor = 2};
  EXPECT_EQ(config_from_json(with("rope_scaling", {{"type", "linear"}, {"factor", 2.0}}), "c")->rope_scaling,
            linear);
  const json nested = {{"rope_type", "linear"}, {"factor", 2.0}, {"rope_theta", 500.0}};
  EXPECT_EQ(config_from_json(with("rope_parameters", nested), "c")->rope_scaling, linear);
  const json llama3 = {
      {"rope_type", "llama3"}, {"factor", 8.0}, {"low_freq_factor", 1.0}, {"high_freq_factor", 4.0}};
  EXPECT_EQ(config_from_json(with("rope_scaling", llama3), "c")->rope_scaling.original_context_length, 128);
  EXPECT_EQ(refusal_of(with("rope_scaling", {{"rope_type", "llama3"}, {"factor", 8.0}})).kind,
            ErrorKind::invalid);
  EXPECT_EQ(refusal_of(with("rope_scaling", {{"rope_type", "linear"}, {"factor", -1.0}})).kind,
            ErrorKind::invalid);
}

json gemma3() {
  json object = small();
  object.update({{"architectures", {"Gemma3ForCausalLM"}},
                 {"model_type", "gemma3_text"},
                 {"num_hidden_layers", 4},
                 {"query_pre_attn_scalar", 16},
                 {"sliding_window", 7}});
  return object;
}

TEST(ConfigJson, Gemma3LayersSlideByPatternOrByList) {
  json object = gemma3();
  object["sliding_window_pattern"] = 2;
  object["rope_local_base_freq"] = 300.0;
  const auto pattern = config_from_json(object, "c");
  ASSERT_TRUE(pattern.has_value()) << pattern.error().text();
  EXPECT_EQ(pattern->window_of(0), 7);
  EXPECT_EQ(pattern->window_of(1), 0);
  EXPECT_EQ(pattern->rope_theta, 1e6F);
  EXPECT_EQ(pattern->rope_theta_sliding, 300.0F);
  object["layer_types"] = {"full_attention", "full_attention", "sliding_attention", "full_attention"};
  const auto listed = config_from_json(object, "c");
  EXPECT_EQ(listed->window_of(0), 0);
  EXPECT_EQ(listed->window_of(2), 7);
  object["layer_types"][0] = "chunked_attention";
  EXPECT_EQ(refusal_of(object).kind, ErrorKind::unsupported);
  object = gemma3();
  object["query_pre_attn_scalar"] = 0;
  EXPECT_EQ(refusal_of(object).kind, ErrorKind::invalid);
}

TEST(ConfigJson, MistralSlidesUnlessToldNotTo) {
  json object = small();
  object["architectures"] = {"MistralForCausalLM"};
  object["model_type"] = "mistral";
  EXPECT_EQ(config_from_json(object, "c")->sliding_window, 4096) << "transformers' default";
  object["sliding_window"] = nullptr;
  EXPECT_TRUE(config_from_json(object, "c")->layer_attention.empty());
  object["sliding_window"] = 9;
  EXPECT_EQ(config_from_json(object, "c")->window_of(1), 9);
}

TEST(ConfigJson, Gpt2FieldsThatChangeTheNumbersAreRefused) {
  const json object = {{"architectures", {"GPT2LMHeadModel"}},
                       {"model_type", "gpt2"},
                       {"vocab_size", 50},
                       {"n_embd", 12},
                       {"n_layer", 1},
                       {"n_head", 2},
                       {"n_positions", 16}};
  const auto config = config_from_json(object, "c");
  ASSERT_TRUE(config.has_value()) << config.error().text();
  EXPECT_EQ(config->intermediate_size, 48);
  EXPECT_TRUE(config->tied_embeddings);
  for (const char* key : {"scale_attn_by_inverse_layer_idx", "add_cross_attention"}) {
    json changed = object;
    changed[key] = true;
    EXPECT_EQ(refusal_of(changed).kind, ErrorKind::unsupported);
  }
  json changed = object;
  changed["scale_attn_weights"] = false;
  EXPECT_EQ(refusal_of(changed).kind, ErrorKind::unsupported);
  changed = object;
  changed["n_head"] = 5;
  EXPECT_EQ(refusal_of(changed).kind, ErrorKind::invalid);
}

TEST(ConfigJson, AGraphThatIsNotItsArchitecturesIsNotWritten) {
  ModelConfig config = config_from_json(small(), "c").value();
  config.query_key_norm = true;
  EXPECT_THROW(config_to_json(config, StoredType::bf16), Failure);
  config.query_key_norm = false;
  config.architecture = "Unknown";
  EXPECT_THROW(config_to_json(config, StoredType::bf16), Failure);
}

TEST(ConfigJson, MissingFieldsAreNamed) {
  for (const char* key : {"vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers",
                          "num_attention_heads", "max_position_embeddings", "architectures"}) {
    json object = small();
    object.erase(key);
    const Error error = refusal_of(object);
    EXPECT_EQ(error.kind, ErrorKind::invalid);
    EXPECT_NE(error.message.find(key), std::string::npos) << error.text();
  }
}

TEST(ConfigJson, ValuesThatCannotBeAModelAreRefused) {
  const std::vector<json> invalid = {
      json::array(),
      json("text"),
      with("vocab_size", "100"),
      with("vocab_size", 100.5),
      with("vocab_size", 0),
      with("vocab_size", 1e300),
      with("hidden_size", -32),
      with("hidden_size", 18446744073709551615ULL),
      with("num_hidden_layers", 2147483647),
      with("num_hidden_layers", 4294967297),
      with("intermediate_size", 2147483647),
      with("num_attention_heads", 0),
      with("num_attention_heads", 5),
      with("num_key_value_heads", 3),
      with("head_dim", 7),
      with("max_position_embeddings", 0),
      with("rms_norm_eps", "small"),
      with("rope_theta", json::array()),
      with("tie_word_embeddings", "yes"),
      with("eos_token_id", {1, "2"}),
      with("eos_token_id", 100),
      with("pad_token_id", -7),
      with("rope_scaling", 3),
      with("architectures", json::array()),
      with("architectures", {1}),
  };
  for (const json& object : invalid) {
    const Error error = refusal_of(object);
    EXPECT_TRUE(error.kind == ErrorKind::invalid || error.kind == ErrorKind::too_large)
        << object << " → " << error.text();
  }
}

TEST(GenerationJson, ThePadIdIsNeverWrittenInsideTheEosList) {
  GenerationDefaults defaults{.stop_ids = {2, 0}, .bos_id = 1, .pad_id = 0};
  json written = generation_to_json(defaults);
  EXPECT_EQ(written.at("eos_token_id"), json({2, 0}));
  EXPECT_FALSE(written.contains("pad_token_id"));

  defaults.pad_id = 3;
  written = generation_to_json(defaults);
  EXPECT_EQ(written.at("pad_token_id"), 3);

  defaults.stop_ids = {3};
  written = generation_to_json(defaults);
  EXPECT_EQ(written.at("eos_token_id"), 3);
  EXPECT_FALSE(written.contains("pad_token_id"));
}

TEST(GenerationJson, WhatIsWrittenIsReadBack) {
  const auto config = config_from_json(small(), "config.json");
  const GenerationDefaults sampling{.temperature = 0.7F,
                                    .top_k = 40,
                                    .top_p = 0.95F,
                                    .tokens_max = 64,
                                    .stop_ids = {5, 6},
                                    .bos_id = 1,
                                    .pad_id = 0};
  EXPECT_EQ(generation_from_json(generation_to_json(sampling), *config, "g").value(), sampling);
  const GenerationDefaults greedy{.temperature = 0, .stop_ids = {5}};
  EXPECT_EQ(generation_from_json(generation_to_json(greedy), *config, "g").value(), greedy);
}

TEST(GenerationJson, SettingsOutOfRangeAreRefused) {
  const auto config = config_from_json(small(), "config.json");
  for (const json& object :
       {json{{"do_sample", true}, {"temperature", -1}}, json{{"top_p", 0}}, json{{"top_p", 1.5}},
        json{{"top_k", -1}}, json{{"eos_token_id", 100}}, json{{"max_new_tokens", "many"}}}) {
    const auto read = generation_from_json(object, *config, "generation_config.json");
    ASSERT_FALSE(read.has_value()) << object;
    EXPECT_EQ(read.error().where, "generation_config.json");
  }
}

}  // namespace
}  // namespace preceptor::engine
