#include "engine/config.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

namespace preceptor::engine {

namespace {

// Far beyond what a CPU trains, small enough that every product of three of them fits 63 bits.
constexpr std::int32_t width_max = 1 << 17;
constexpr std::int32_t vocabulary_max = 1 << 21;
constexpr std::int32_t layer_max = 1 << 10;
constexpr std::int32_t context_max = 1 << 21;
constexpr std::int64_t parameter_max = std::int64_t{1} << 36;

Result<void> within(std::string_view name, std::int64_t value, std::int64_t low, std::int64_t high) {
  if (value >= low && value <= high) return {};
  return refuse(ErrorKind::invalid,
                std::string(name) + " is " + std::to_string(value) + ", which is outside " +
                    std::to_string(low) + " … " + std::to_string(high),
                "check config.json of the model");
}

Result<void> check_ids(const ModelConfig& config) {
  for (const std::int32_t id : {config.bos_id, config.pad_id}) {
    if (auto result = within("a special token id", id, -1, config.vocabulary_size - 1); !result)
      return result;
  }
  for (const std::int32_t id : config.eos_ids) {
    if (auto result = within("eos_token_id", id, 0, config.vocabulary_size - 1); !result) return result;
  }
  return {};
}

bool finite_above(float value, float low) { return std::isfinite(value) && value > low; }

Result<void> check_rope_scaling(const RopeScaling& scaling) {
  if (!finite_above(scaling.factor, 0)) {
    return refuse(ErrorKind::invalid, "the factor of the rope scaling is not above 0");
  }
  if (scaling.kind != RopeScaling::llama3) return {};
  if (!finite_above(scaling.low_frequency_factor, 0) ||
      !finite_above(scaling.high_frequency_factor, scaling.low_frequency_factor)) {
    return refuse(ErrorKind::invalid,
                  "high_freq_factor of the rope scaling is not above low_freq_factor, or that not above 0");
  }
  return within("original_max_position_embeddings", scaling.original_context_length, 1, context_max);
}

Result<void> check_positions(const ModelConfig& config) {
  // Fast kernels go over elements in pairs, rotary embedding turns pairs.
  if (config.head_dim % 2 != 0) return refuse(ErrorKind::invalid, "head_dim is odd");
  if (config.positions == Positions::learned) return {};
  if (!finite_above(config.rope_theta, 1)) return refuse(ErrorKind::invalid, "rope_theta is not above 1");
  if (config.rope_theta_sliding != 0 && !finite_above(config.rope_theta_sliding, 1)) {
    return refuse(ErrorKind::invalid, "the rope_theta of sliding layers is not above 1");
  }
  return check_rope_scaling(config.rope_scaling);
}

Result<void> check_layers(const ModelConfig& config) {
  if (auto result = within("query_pre_attn_scalar", config.attention_scale_dim, 0, width_max); !result)
    return result;
  if (config.norm == NormKind::layer &&
      (config.norm_placement != NormPlacement::before || config.query_key_norm)) {
    return refuse(ErrorKind::unsupported, "layer norms other than before attention and feed-forward");
  }
  if (config.layer_attention.empty()) return {};
  if (config.layer_attention.size() != static_cast<std::size_t>(config.layer_count)) {
    return refuse(ErrorKind::invalid, "layer_types names " + std::to_string(config.layer_attention.size()) +
                                          " layers of " + std::to_string(config.layer_count));
  }
  const auto& layers = config.layer_attention;
  if (std::find(layers.begin(), layers.end(), LayerAttention::sliding) == layers.end()) return {};
  return within("sliding_window", config.sliding_window, 1, std::numeric_limits<std::int32_t>::max());
}

}  // namespace

float ModelConfig::attention_scale() const {
  return 1.0F / std::sqrt(static_cast<float>(attention_scale_dim > 0 ? attention_scale_dim : head_dim));
}

float ModelConfig::embedding_scale() const {
  return scaled_embedding ? std::sqrt(static_cast<float>(hidden_size)) : 1.0F;
}

std::string classifier_architecture(const ModelConfig& config) {
  const std::string& name = config.architecture;
  if (name == "Gemma3ForCausalLM") return "Gemma3TextForSequenceClassification";
  constexpr std::string_view causal = "ForCausalLM";
  constexpr std::string_view head_model = "LMHeadModel";
  for (const std::string_view ending : {causal, head_model}) {
    if (name.ends_with(ending)) {
      return name.substr(0, name.size() - ending.size()) + "ForSequenceClassification";
    }
  }
  return name;
}

Result<void> check(const ModelConfig& config) {
  struct Range {
    std::string_view name;
    std::int64_t value, low, high;
  };
  for (const Range& range : {Range{"vocab_size", config.vocabulary_size, 1, vocabulary_max},
                             Range{"hidden_size", config.hidden_size, 1, width_max},
                             Range{"intermediate_size", config.intermediate_size, 1, width_max},
                             Range{"num_hidden_layers", config.layer_count, 1, layer_max},
                             Range{"num_attention_heads", config.head_count, 1, 1024},
                             Range{"num_key_value_heads", config.kv_head_count, 1, config.head_count},
                             Range{"head_dim", config.head_dim, 2, 1024},
                             Range{"max_position_embeddings", config.context_length_max, 1, context_max},
                             Range{"num_labels", config.label_count, 0, 1024}}) {
    if (auto result = within(range.name, range.value, range.low, range.high); !result) return result;
  }
  if (config.head_count % config.kv_head_count != 0) {
    return refuse(ErrorKind::invalid, "num_attention_heads is not a multiple of num_key_value_heads");
  }
  if (!(std::isfinite(config.norm_epsilon) && config.norm_epsilon > 0 && config.norm_epsilon < 1)) {
    return refuse(ErrorKind::invalid, "the norms' epsilon is not between 0 and 1");
  }
  if (auto result = check_positions(config); !result) return result;
  if (auto result = check_layers(config); !result) return result;
  const std::int64_t per_layer =
      std::int64_t{config.hidden_size} *
      (std::int64_t{config.qkv_width()} + config.query_width() + 3 * std::int64_t{config.intermediate_size});
  const std::int64_t rows = 2 * std::int64_t{config.vocabulary_size} +
                            (config.positions == Positions::learned ? config.context_length_max : 0);
  const std::int64_t total = per_layer * config.layer_count + rows * config.hidden_size;
  if (total > parameter_max) {
    return refuse(ErrorKind::too_large, "the model has about " + std::to_string(total) + " parameters",
                  "the embedded engine is for models that fit this machine's memory");
  }
  return check_ids(config);
}

}  // namespace preceptor::engine
