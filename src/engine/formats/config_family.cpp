#include "engine/formats/config_family.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/formats/config_rope.hpp"

namespace preceptor::engine {
namespace {

using nlohmann::json;

constexpr std::int32_t mistral_window_default = 4096;
constexpr std::int32_t gemma_pattern_default = 6;

void refuse_flags(JsonFields& fields, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    if (fields.flag_or(key, false))
      fields.refuse_field(ErrorKind::unsupported, std::string("'") + key + "' is set");
  }
}

void refuse_stated(JsonFields& fields, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    if (fields.find(key) != nullptr)
      fields.refuse_field(ErrorKind::unsupported, std::string("'") + key + "' is set");
  }
}

Activation activation_of(JsonFields& fields, const char* key, std::string_view otherwise) {
  const std::string name = fields.text_or(key, otherwise);
  if (name == "silu" || name == "swish") return Activation::silu;
  if (name == "gelu_new" || name == "gelu_pytorch_tanh") return Activation::gelu_tanh;
  fields.refuse_field(ErrorKind::unsupported, std::string("'") + key + "' asks for '" + name + "'",
                      "The activations silu, gelu_new and gelu_pytorch_tanh can be computed.");
  return Activation::silu;
}

const char* name_of(Activation activation) {
  return activation == Activation::silu ? "silu" : "gelu_pytorch_tanh";
}

// What all families but GPT-2 call alike.
void read_shape(JsonFields& fields, ModelConfig& config) {
  refuse_stated(fields, {"quantization_config", "attn_logit_softcapping", "attention_logit_softcapping",
                         "final_logit_softcapping", "num_experts", "num_local_experts"});
  refuse_flags(fields, {"rope_interleaved", "use_bidirectional_attention"});
  config.vocabulary_size = fields.whole("vocab_size");
  config.hidden_size = fields.whole("hidden_size");
  config.intermediate_size = fields.whole("intermediate_size");
  config.layer_count = fields.whole("num_hidden_layers");
  config.head_count = fields.whole("num_attention_heads");
  config.kv_head_count = fields.whole_or("num_key_value_heads", config.head_count);
  const bool divides = config.head_count > 0 && config.hidden_size % config.head_count == 0;
  config.head_dim = fields.whole_or("head_dim", divides ? config.hidden_size / config.head_count : 0);
  config.context_length_max = fields.whole("max_position_embeddings");
  config.norm_epsilon = fields.number_or("rms_norm_eps", 1e-6F);
  config.tied_embeddings = fields.flag_or("tie_word_embeddings", false);
}

void write_shape(json& object, const ModelConfig& config) {
  object["attention_dropout"] = 0.0;
  object["head_dim"] = config.head_dim;
  object["hidden_size"] = config.hidden_size;
  object["intermediate_size"] = config.intermediate_size;
  object["max_position_embeddings"] = config.context_length_max;
  object["num_attention_heads"] = config.head_count;
  object["num_hidden_layers"] = config.layer_count;
  object["num_key_value_heads"] = config.kv_head_count;
  object["rms_norm_eps"] = shortest(config.norm_epsilon);
}

// layer_types; false where the file does not state them.
bool read_layer_types(JsonFields& fields, ModelConfig& config) {
  const json* types = fields.find("layer_types");
  if (types == nullptr) return false;
  if (!types->is_array()) fields.refuse_field(ErrorKind::invalid, "'layer_types' is not a list");
  for (const json& type : *types) {
    if (type != "full_attention" && type != "sliding_attention") {
      fields.refuse_field(ErrorKind::unsupported, "'layer_types' names " + type.dump());
    }
    config.layer_attention.push_back(type == "sliding_attention" ? LayerAttention::sliding
                                                                 : LayerAttention::full);
  }
  return true;
}

// Layers that all attend to everything are not listed, and then no window is kept.
void settle_windows(ModelConfig& config, std::int32_t window) {
  const auto& layers = config.layer_attention;
  const bool slides = std::ranges::find(layers, LayerAttention::sliding) != layers.end();
  if (!slides && layers.size() == static_cast<std::size_t>(config.layer_count))
    config.layer_attention.clear();
  config.sliding_window = slides ? window : 0;
}

template <class Slides>
void list_layers(ModelConfig& config, const Slides& slides) {
  constexpr std::int32_t layers_sane = 1 << 10;  // more is refused by check()
  for (std::int32_t layer = 0; layer < std::min(config.layer_count, layers_sane); ++layer) {
    config.layer_attention.push_back(slides(layer) ? LayerAttention::sliding : LayerAttention::full);
  }
}

void write_layer_types(json& object, const ModelConfig& config) {
  json types = json::array();
  for (std::int32_t layer = 0; layer < config.layer_count; ++layer) {
    types.push_back(config.attention_of(layer) == LayerAttention::sliding ? "sliding_attention"
                                                                          : "full_attention");
  }
  object["layer_types"] = std::move(types);
}

json window_to_json(const ModelConfig& config) {
  return config.sliding_window > 0 ? json(config.sliding_window) : json(nullptr);
}

void read_llama(JsonFields& fields, const json&, ModelConfig& config) {
  refuse_stated(fields, {"sliding_window", "layer_types"});
  read_shape(fields, config);
  read_rope(fields, config);
  config.activation = activation_of(fields, "hidden_act", "silu");
  config.qkv_bias = config.attention_output_bias = fields.flag_or("attention_bias", false);
  config.feed_forward_bias = fields.flag_or("mlp_bias", false);
}

void write_llama(json& object, const ModelConfig& config) {
  write_shape(object, config);
  write_rope(object, config);
  object["hidden_act"] = name_of(config.activation);
  object["attention_bias"] = config.qkv_bias;
  object["mlp_bias"] = config.feed_forward_bias;
}

void read_mistral(JsonFields& fields, const json& object, ModelConfig& config) {
  refuse_stated(fields, {"layer_types"});
  read_shape(fields, config);
  read_rope(fields, config);
  config.activation = activation_of(fields, "hidden_act", "silu");
  const bool stated = object.is_object() && object.contains("sliding_window");
  const std::int32_t window = fields.whole_or("sliding_window", stated ? 0 : mistral_window_default);
  if (stated && window <= 0 && fields.find("sliding_window") != nullptr) {
    fields.refuse_field(ErrorKind::invalid, "'sliding_window' is not positive");
  }
  if (window > 0) list_layers(config, [](std::int32_t) { return true; });
  settle_windows(config, window);
}

void write_mistral(json& object, const ModelConfig& config) {
  write_shape(object, config);
  write_rope(object, config);
  object["hidden_act"] = name_of(config.activation);
  object["sliding_window"] = window_to_json(config);
}

void read_qwen_windows(JsonFields& fields, ModelConfig& config) {
  const bool uses = fields.flag_or("use_sliding_window", false);
  const std::int32_t window = uses ? fields.whole_or("sliding_window", 0) : 0;
  if (!read_layer_types(fields, config) && window > 0) {
    const std::int32_t full = fields.whole_or("max_window_layers", config.layer_count);
    list_layers(config, [full](std::int32_t layer) { return layer >= full; });
  }
  settle_windows(config, window);
}

void write_qwen_windows(json& object, const ModelConfig& config) {
  const auto& layers = config.layer_attention;
  const auto first = std::ranges::find(layers, LayerAttention::sliding) - layers.begin();
  object["use_sliding_window"] = config.sliding_window > 0;
  object["sliding_window"] = window_to_json(config);
  object["max_window_layers"] = layers.empty() ? config.layer_count : static_cast<std::int32_t>(first);
  write_layer_types(object, config);
}

void read_qwen2(JsonFields& fields, const json&, ModelConfig& config) {
  read_shape(fields, config);
  read_rope(fields, config);
  read_qwen_windows(fields, config);
  config.activation = activation_of(fields, "hidden_act", "silu");
  config.qkv_bias = true;
}

void write_qwen2(json& object, const ModelConfig& config) {
  write_shape(object, config);
  write_rope(object, config);
  write_qwen_windows(object, config);
  object["hidden_act"] = name_of(config.activation);
}

void read_qwen3(JsonFields& fields, const json&, ModelConfig& config) {
  read_shape(fields, config);
  read_rope(fields, config);
  read_qwen_windows(fields, config);
  config.activation = activation_of(fields, "hidden_act", "silu");
  config.qkv_bias = config.attention_output_bias = fields.flag_or("attention_bias", false);
  config.query_key_norm = true;
}

void write_qwen3(json& object, const ModelConfig& config) {
  write_qwen2(object, config);
  object["attention_bias"] = config.qkv_bias;
}

void read_gemma3(JsonFields& fields, const json&, ModelConfig& config) {
  read_shape(fields, config);
  if (!read_layer_types(fields, config)) {
    const std::int32_t period = fields.whole_or(
        "sliding_window_pattern", fields.whole_or("_sliding_window_pattern", gemma_pattern_default));
    if (period < 1) fields.refuse_field(ErrorKind::invalid, "'sliding_window_pattern' is not positive");
    list_layers(config, [period](std::int32_t layer) { return period > 0 && (layer + 1) % period != 0; });
  }
  settle_windows(config, fields.whole_or("sliding_window", 0));
  read_rope_by_layer(fields, config);
  config.tied_embeddings = fields.flag_or("tie_word_embeddings", true);
  config.activation =
      activation_of(fields, "hidden_activation", fields.text_or("hidden_act", "gelu_pytorch_tanh"));
  config.qkv_bias = config.attention_output_bias = fields.flag_or("attention_bias", false);
  config.attention_scale_dim = fields.whole("query_pre_attn_scalar");
  if (config.attention_scale_dim <= 0) {
    fields.refuse_field(ErrorKind::invalid, "'query_pre_attn_scalar' is not positive");
  }
  config.norm = NormKind::rms_plus_one;
  config.norm_placement = NormPlacement::before_and_after;
  config.query_key_norm = true;
  config.scaled_embedding = true;
}

void write_gemma3(json& object, const ModelConfig& config) {
  write_shape(object, config);
  write_rope_by_layer(object, config);
  write_layer_types(object, config);
  object["hidden_activation"] = name_of(config.activation);
  object["attention_bias"] = config.qkv_bias;
  object["attn_logit_softcapping"] = nullptr;
  object["final_logit_softcapping"] = nullptr;
  object["query_pre_attn_scalar"] =
      config.attention_scale_dim > 0 ? config.attention_scale_dim : config.head_dim;
  object["sliding_window"] = config.sliding_window > 0 ? config.sliding_window : config.context_length_max;
  object["use_bidirectional_attention"] = false;
}

void read_gpt2(JsonFields& fields, const json&, ModelConfig& config) {
  refuse_stated(fields, {"quantization_config"});
  refuse_flags(fields, {"scale_attn_by_inverse_layer_idx", "add_cross_attention"});
  if (!fields.flag_or("scale_attn_weights", true)) {
    fields.refuse_field(ErrorKind::unsupported, "'scale_attn_weights' is off");
  }
  config.vocabulary_size = fields.whole("vocab_size");
  config.hidden_size = fields.whole("n_embd");
  config.layer_count = fields.whole("n_layer");
  config.head_count = config.kv_head_count = fields.whole("n_head");
  config.context_length_max = fields.whole("n_positions");
  constexpr std::int32_t width_sane = 1 << 28;  // more is refused by check()
  config.intermediate_size = fields.whole_or("n_inner", 4 * std::clamp(config.hidden_size, 0, width_sane));
  const bool divides = config.head_count > 0 && config.hidden_size % config.head_count == 0;
  if (!divides) fields.refuse_field(ErrorKind::invalid, "'n_embd' is not a multiple of 'n_head'");
  config.head_dim = divides ? config.hidden_size / config.head_count : 0;
  config.norm_epsilon = fields.number_or("layer_norm_epsilon", 1e-5F);
  config.tied_embeddings = fields.flag_or("tie_word_embeddings", true);
  config.activation = activation_of(fields, "activation_function", "gelu_new");
  config.naming = TensorNaming::gpt2;
  config.norm = NormKind::layer;
  config.feed_forward = FeedForward::plain;
  config.qkv_bias = config.attention_output_bias = config.feed_forward_bias = true;
  config.positions = Positions::learned;
}

void write_gpt2(json& object, const ModelConfig& config) {
  object["activation_function"] = config.activation == Activation::silu ? "silu" : "gelu_new";
  object["attn_pdrop"] = 0.0;
  object["embd_pdrop"] = 0.0;
  object["resid_pdrop"] = 0.0;
  object["layer_norm_epsilon"] = shortest(config.norm_epsilon);
  object["n_embd"] = config.hidden_size;
  object["n_head"] = config.head_count;
  object["n_inner"] = config.intermediate_size;
  object["n_layer"] = config.layer_count;
  object["n_positions"] = config.context_length_max;
  object["scale_attn_by_inverse_layer_idx"] = false;
  object["scale_attn_weights"] = true;
}

constexpr ConfigFamily families[] = {
    {"llama", "LlamaForCausalLM", "LlamaForSequenceClassification", read_llama, write_llama},
    {"mistral", "MistralForCausalLM", "MistralForSequenceClassification", read_mistral, write_mistral},
    {"qwen2", "Qwen2ForCausalLM", "Qwen2ForSequenceClassification", read_qwen2, write_qwen2},
    {"qwen3", "Qwen3ForCausalLM", "Qwen3ForSequenceClassification", read_qwen3, write_qwen3},
    {"gemma3_text", "Gemma3ForCausalLM", "Gemma3TextForSequenceClassification", read_gemma3, write_gemma3},
    {"gpt2", "GPT2LMHeadModel", "GPT2ForSequenceClassification", read_gpt2, write_gpt2},
};

}  // namespace

const ConfigFamily* family_of_model_type(std::string_view model_type) {
  const auto* found = std::ranges::find(families, model_type, &ConfigFamily::model_type);
  return found == std::end(families) ? nullptr : found;
}

const ConfigFamily* family_of_architecture(std::string_view architecture) {
  const auto* found = std::ranges::find_if(families, [&](const ConfigFamily& family) {
    return family.causal == architecture || family.classifier == architecture;
  });
  return found == std::end(families) ? nullptr : found;
}

double shortest(float value) {
  char digits[32];
  const auto written = std::to_chars(digits, digits + sizeof digits, value);
  double result = value;
  std::from_chars(digits, written.ptr, result);
  return result;
}

}  // namespace preceptor::engine
