#include "engine/formats/gguf/gguf_family.hpp"

#include <algorithm>
#include <string>

#include "engine/formats/gguf/gguf_rope.hpp"

namespace preceptor::engine {
namespace {

constexpr std::int32_t gemma_period_default = 6;
constexpr std::int32_t gemma_layers_scaled_by_width = 62;  // the 27B model: scores by hidden / heads
constexpr float gemma_theta_default = 1e6F;
constexpr float gemma_theta_sliding_default = 10000.0F;

Result<void> unsupported(const std::string& what) {
  return refuse(ErrorKind::unsupported, "GGUF has no form for " + what, "Export a Hugging Face folder.");
}

bool has(const GgufFile& file, const char* name) { return file.tensor(name) != nullptr; }

// What readers of llama, qwen2 and qwen3 files take for granted.
Result<void> check_plain_graph(const ModelConfig& config) {
  if (config.activation != Activation::silu)
    return unsupported("another activation than SiLU in this family");
  if (config.rope_theta_sliding != 0) return unsupported("two rotary bases in this family");
  if (config.attention_scale_dim != 0 && config.attention_scale_dim != config.head_dim) {
    return unsupported("scores scaled by another number than the head's width");
  }
  return {};
}

void read_llama(GgufFields& fields, const GgufFile& file, ModelConfig& config) {
  config.qkv_bias = has(file, "blk.0.attn_q.bias");
  config.attention_output_bias = has(file, "blk.0.attn_output.bias");
  if (config.qkv_bias != config.attention_output_bias) {
    fields.refuse_key(ErrorKind::unsupported, "biases on only some of the attention's matrices");
  }
  config.feed_forward_bias = has(file, "blk.0.ffn_up.bias");
}

Result<void> write_llama(GgufKeys& keys, const ModelConfig& config) {
  if (auto plain = check_plain_graph(config); !plain) return plain;
  keys.whole("llama.vocab_size", config.vocabulary_size);
  keys.whole("llama.rope.dimension_count", config.head_dim);
  return {};
}

void read_qwen2(GgufFields&, const GgufFile&, ModelConfig& config) { config.qkv_bias = true; }
Result<void> write_qwen2(GgufKeys&, const ModelConfig& config) { return check_plain_graph(config); }

void read_qwen3(GgufFields&, const GgufFile&, ModelConfig& config) { config.query_key_norm = true; }
Result<void> write_qwen3(GgufKeys&, const ModelConfig& config) {
  if (config.qkv_bias) return unsupported("biases of attention in this family");
  return check_plain_graph(config);
}

std::int32_t gemma_scale_dim(const ModelConfig& config) {
  return config.layer_count == gemma_layers_scaled_by_width ? config.hidden_size / config.head_count
                                                            : config.head_dim;
}

// The pattern is a period, or one flag per layer; files may lack it.
void read_gemma_windows(GgufFields& fields, ModelConfig& config) {
  const std::int32_t window = fields.whole_or(".attention.sliding_window", 0);
  if (window <= 0) return;
  const GgufValue* pattern = fields.find(".attention.sliding_window_pattern");
  const bool listed = pattern != nullptr && pattern->is_array();
  const std::int32_t period =
      listed ? 1 : fields.whole_or(".attention.sliding_window_pattern", gemma_period_default);
  if (listed && pattern->size() < static_cast<std::size_t>(config.layer_count)) {
    return fields.refuse_key(ErrorKind::invalid, "a pattern of windows for fewer layers than there are");
  }
  for (std::int32_t layer = 0; layer < config.layer_count; ++layer) {
    const bool slides = listed ? pattern->truth_at(static_cast<std::size_t>(layer)).value_or(false)
                               : period > 0 && (layer + 1) % period != 0;
    config.layer_attention.push_back(slides ? LayerAttention::sliding : LayerAttention::full);
  }
  const bool any =
      std::ranges::find(config.layer_attention, LayerAttention::sliding) != config.layer_attention.end();
  if (!any) config.layer_attention.clear();
  config.sliding_window = any ? window : 0;
}

void read_gemma3(GgufFields& fields, const GgufFile&, ModelConfig& config) {
  if (fields.number_or(".final_logit_softcapping", 0) != 0 ||
      fields.number_or(".attn_logit_softcapping", 0) != 0) {
    fields.refuse_key(ErrorKind::unsupported, "scores or logits that are capped");
  }
  constexpr std::int32_t layers_sane = 1 << 10;  // more is refused by check()
  if (config.layer_count <= layers_sane) read_gemma_windows(fields, config);
  config.rope_theta = fields.number_or(".rope.freq_base", gemma_theta_default);
  config.rope_theta_sliding = fields.number_or(".rope.freq_base_swa", gemma_theta_sliding_default);
  config.activation = Activation::gelu_tanh;
  config.norm = NormKind::rms_plus_one;
  config.norm_placement = NormPlacement::before_and_after;
  config.query_key_norm = true;
  config.scaled_embedding = true;
  if (config.head_count > 0) config.attention_scale_dim = gemma_scale_dim(config);
}

Result<void> write_gemma3(GgufKeys& keys, const ModelConfig& config) {
  if (config.activation != Activation::gelu_tanh || config.qkv_bias) return unsupported("this Gemma 3");
  const std::int32_t scale = config.attention_scale_dim > 0 ? config.attention_scale_dim : config.head_dim;
  if (scale != gemma_scale_dim(config)) return unsupported("a query_pre_attn_scalar of another kind");
  keys.real("gemma3.rope.freq_base_swa",
            config.rope_theta_sliding > 0 ? config.rope_theta_sliding : config.rope_theta);
  if (config.sliding_window == 0) return {};
  keys.whole("gemma3.attention.sliding_window", config.sliding_window);
  std::int32_t period = 1;
  while (period <= config.layer_count && config.attention_of(period - 1) == LayerAttention::sliding) ++period;
  for (std::int32_t layer = 0; layer < config.layer_count; ++layer) {
    if ((config.attention_of(layer) == LayerAttention::sliding) != ((layer + 1) % period != 0)) {
      return unsupported("windows on layers that follow no period");
    }
  }
  keys.whole("gemma3.attention.sliding_window_pattern", period);
  return {};
}

void read_gpt2(GgufFields&, const GgufFile&, ModelConfig& config) {
  config.naming = TensorNaming::gpt2;
  config.norm = NormKind::layer;
  config.feed_forward = FeedForward::plain;
  config.activation = Activation::gelu_tanh;
  config.qkv_bias = config.attention_output_bias = config.feed_forward_bias = true;
  config.positions = Positions::learned;
}

Result<void> write_gpt2(GgufKeys&, const ModelConfig& config) {
  if (config.activation != Activation::gelu_tanh)
    return unsupported("another activation than GELU in this family");
  return {};
}

constexpr GgufFamily families[] = {
    {"llama", "LlamaForCausalLM", true, false, read_llama, write_llama},
    {"llama", "MistralForCausalLM", true, false, read_llama, write_llama},
    {"qwen2", "Qwen2ForCausalLM", false, false, read_qwen2, write_qwen2},
    {"qwen3", "Qwen3ForCausalLM", false, false, read_qwen3, write_qwen3},
    {"gemma3", "Gemma3ForCausalLM", false, true, read_gemma3, write_gemma3},
    {"gpt2", "GPT2LMHeadModel", false, false, read_gpt2, write_gpt2},
};

}  // namespace

const GgufFamily* gguf_family_called(std::string_view name) {
  const auto* found = std::ranges::find(families, name, &GgufFamily::name);
  return found == std::end(families) ? nullptr : found;
}

const GgufFamily* gguf_family_of(const ModelConfig& config) {
  const auto* found = std::ranges::find(families, config.architecture, &GgufFamily::architecture);
  return found == std::end(families) ? nullptr : found;
}

}  // namespace preceptor::engine
