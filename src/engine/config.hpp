#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace preceptor::engine {

enum class NormKind {
  rms,           // x / rms(x) * gain
  rms_plus_one,  // x / rms(x) * (1 + gain)
  layer,         // (x - mean) / deviation * gain + bias
};

// Where the norms of a layer stand: before attention and feed-forward, or also on what these give to the
// residual stream.
enum class NormPlacement { before, before_and_after };

enum class Activation { silu, gelu_tanh };

enum class FeedForward {
  gated,  // down(activation(gate(x)) * up(x))
  plain,  // down(activation(up(x)))
};

enum class Positions {
  rotary,   // queries and keys are turned by their position
  learned,  // a trained vector per position is added to the embedding
};

enum class LayerAttention : std::uint8_t {
  full,
  sliding,  // only the last sliding_window positions, the own one included
};

// How the angles of rotary embedding differ from position * theta^(-2i / head_dim).
struct RopeScaling {
  enum Kind : std::uint8_t {
    none,
    linear,   // every frequency divided by factor
    dynamic,  // as none up to context_length_max, beyond which no sequence goes
    llama3,   // low frequencies divided by factor, high ones kept, a blend between
  };
  Kind kind = none;
  float factor = 1;
  float low_frequency_factor = 1;  // the rest is for llama3
  float high_frequency_factor = 4;
  std::int32_t original_context_length = 8192;

  bool operator==(const RopeScaling&) const = default;
};

// How tensors are named and laid out in files.
enum class TensorNaming {
  llama,  // model.layers.N.self_attn.q_proj.weight …
  gpt2,   // transformer.h.N.attn.c_attn.weight …, matrices stored transposed
};

// The shape and the graph of a decoder-only transformer, as read from a Hugging Face config.json: everything
// that decides what is computed stands here as data.
struct ModelConfig {
  std::string architecture = "LlamaForCausalLM";
  std::int32_t vocabulary_size = 0;
  std::int32_t hidden_size = 0;
  std::int32_t intermediate_size = 0;
  std::int32_t layer_count = 0;
  std::int32_t head_count = 0;
  std::int32_t kv_head_count = 0;
  std::int32_t head_dim = 0;  // may differ from hidden_size / head_count; even where positions are rotary
  std::int32_t context_length_max = 0;
  float norm_epsilon = 1e-5F;
  float rope_theta = 10000.0F;
  bool tied_embeddings = false;
  std::int32_t label_count = 0;  // > 0: sequence classification with score.weight instead of a language head
  std::int32_t bos_id = -1;
  std::int32_t pad_id = -1;
  std::vector<std::int32_t> eos_ids;

  TensorNaming naming = TensorNaming::llama;
  NormKind norm = NormKind::rms;
  NormPlacement norm_placement = NormPlacement::before;
  bool query_key_norm = false;  // each head of queries and keys is normalised before it is turned
  FeedForward feed_forward = FeedForward::gated;
  Activation activation = Activation::silu;
  bool qkv_bias = false;
  bool attention_output_bias = false;
  bool feed_forward_bias = false;
  bool scaled_embedding = false;  // embeddings are multiplied by sqrt(hidden_size)
  Positions positions = Positions::rotary;
  RopeScaling rope_scaling;              // of full layers
  float rope_theta_sliding = 0;          // of sliding layers, unscaled; 0: turned as full layers are
  std::int32_t attention_scale_dim = 0;  // scores are scaled by 1 / sqrt of it; 0: head_dim
  std::int32_t sliding_window = 0;
  std::vector<LayerAttention> layer_attention;  // one per layer; empty: all full

  std::int32_t query_width() const { return head_count * head_dim; }
  std::int32_t key_width() const { return kv_head_count * head_dim; }
  std::int32_t qkv_width() const { return query_width() + 2 * key_width(); }

  LayerAttention attention_of(std::int32_t layer) const {
    return layer_attention.empty() ? LayerAttention::full : layer_attention[static_cast<std::size_t>(layer)];
  }
  std::int32_t window_of(std::int32_t layer) const {  // 0: all positions
    return attention_of(layer) == LayerAttention::sliding ? sliding_window : 0;
  }
  std::int32_t gate_up_width() const {
    return feed_forward == FeedForward::gated ? 2 * intermediate_size : intermediate_size;
  }
  float attention_scale() const;
  float embedding_scale() const;

  bool operator==(const ModelConfig&) const = default;
};

// The architecture that reads the same layers for sequences: LlamaForCausalLM →
// LlamaForSequenceClassification.
std::string classifier_architecture(const ModelConfig& config);

// Refuses shapes that are inconsistent or so large that a size computed from them could overflow.
Result<void> check(const ModelConfig& config);

}  // namespace preceptor::engine
