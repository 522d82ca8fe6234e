#include "engine/parameter_layout.hpp"

#include <functional>
#include <numeric>
#include <string>
#include <utility>

namespace preceptor::engine {

namespace {

constexpr std::size_t group_alignment = 16;  // floats of a cache line

// Names of the tensors of one layer, each after the layer's prefix; ".weight" and ".bias" follow.
struct LayerNames {
  const char* input_norm;
  std::vector<const char*> qkv;  // one matrix, or those of queries, keys and values
  const char* attention_output;
  const char* attention_output_norm;
  const char* feed_forward_norm;
  std::vector<const char*> gate_up;
  const char* down;
  const char* down_norm;
};

LayerNames layer_names(const ModelConfig& config) {
  if (config.naming == TensorNaming::gpt2) {
    return {"ln_1", {"attn.c_attn"}, "attn.c_proj", "", "ln_2", {"mlp.c_fc"}, "mlp.c_proj", ""};
  }
  LayerNames names{"input_layernorm",
                   {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"},
                   "self_attn.o_proj",
                   "",
                   "post_attention_layernorm",
                   {"mlp.gate_proj", "mlp.up_proj"},
                   "mlp.down_proj",
                   ""};
  if (config.norm_placement == NormPlacement::before_and_after) {
    names.attention_output_norm = "post_attention_layernorm";
    names.feed_forward_norm = "pre_feedforward_layernorm";
    names.down_norm = "post_feedforward_layernorm";
  }
  return names;
}

// Lays tensors out one after another; a group starts on a cache line and has no gaps inside.
class Layout {
public:
  Layout(const ModelConfig& config, Arenas arenas) : config_(config), arenas_(arenas) {}

  Slice matrix(const std::string& name, std::int64_t rows, std::int64_t columns, ArenaPart part) {
    begin_group(part);
    return {add({.name = name,
                 .shape = {rows, columns},
                 .role = ParameterRole::matrix,
                 .part = part,
                 .decays = true}),
            static_cast<std::size_t>(rows * columns)};
  }

  NormSlices norm(const std::string& name, std::int32_t width) {
    NormSlices slices;
    slices.gain = vector(name + ".weight", width, ParameterRole::gain);
    if (config_.norm == NormKind::layer) slices.bias = vector(name + ".bias", width, ParameterRole::bias);
    return slices;
  }

  // Parts whose outputs are stacked: one matrix and one bias for the graph.
  struct Part {
    std::string name;
    std::int64_t outputs;
  };
  LinearSlices linear(const std::vector<Part>& parts, std::int64_t inputs, bool biased) {
    const bool transposed = config_.naming == TensorNaming::gpt2;
    LinearSlices slices;
    begin_group(ArenaPart::matrices);
    slices.weight.offset = end_of(ArenaPart::matrices);
    for (const Part& part : parts) {
      add({.name = part.name + ".weight",
           .shape = {part.outputs, inputs},
           .role = ParameterRole::matrix,
           .part = ArenaPart::matrices,
           .stored_transposed = transposed,
           .decays = true});
    }
    slices.weight.count = end_of(ArenaPart::matrices) - slices.weight.offset;
    if (!biased) return slices;
    begin_group(ArenaPart::vectors);
    slices.bias.offset = end_of(ArenaPart::vectors);
    for (const Part& part : parts) {
      add({.name = part.name + ".bias",
           .shape = {part.outputs},
           .role = ParameterRole::bias,
           .part = ArenaPart::vectors});
    }
    slices.bias.count = end_of(ArenaPart::vectors) - slices.bias.offset;
    return slices;
  }

  Slice vector(const std::string& name, std::int64_t width, ParameterRole role) {
    begin_group(ArenaPart::vectors);
    return {add({.name = name, .shape = {width}, .role = role, .part = ArenaPart::vectors}),
            static_cast<std::size_t>(width)};
  }

  ParameterLayout take(ModelSlices slices) {
    for (std::size_t& end : ends_) end = rounded_up(end);
    return {.list = std::move(list_), .slices = std::move(slices), .part_sizes = ends_};
  }

private:
  static std::size_t rounded_up(std::size_t end) {
    return (end + group_alignment - 1) / group_alignment * group_alignment;
  }

  std::size_t& end_of(ArenaPart part) {
    return ends_[arenas_ == Arenas::one ? 0 : static_cast<std::size_t>(part)];
  }
  void begin_group(ArenaPart part) { end_of(part) = rounded_up(end_of(part)); }

  std::size_t add(ParameterInfo info) {
    info.offset = end_of(info.part);
    info.count = static_cast<std::size_t>(
        std::accumulate(info.shape.begin(), info.shape.end(), std::int64_t{1}, std::multiplies<>()));
    end_of(info.part) += info.count;
    list_.push_back(std::move(info));
    return list_.back().offset;
  }

  const ModelConfig& config_;
  Arenas arenas_;
  std::vector<ParameterInfo> list_;
  std::array<std::size_t, 3> ends_{};
};

std::vector<Layout::Part> qkv_parts(const ModelConfig& config, const LayerNames& names,
                                    const std::string& layer) {
  if (names.qkv.size() == 1) return {{layer + names.qkv[0], config.qkv_width()}};
  return {{layer + names.qkv[0], config.query_width()},
          {layer + names.qkv[1], config.key_width()},
          {layer + names.qkv[2], config.key_width()}};
}

std::vector<Layout::Part> gate_up_parts(const ModelConfig& config, const LayerNames& names,
                                        const std::string& layer) {
  std::vector<Layout::Part> parts;
  for (const char* name : names.gate_up) parts.push_back({layer + name, config.intermediate_size});
  return parts;
}

LayerSlices lay_out_layer(Layout& layout, const ModelConfig& config, const std::string& layer) {
  const LayerNames names = layer_names(config);
  const bool after = config.norm_placement == NormPlacement::before_and_after;
  LayerSlices slices;
  slices.input_norm = layout.norm(layer + names.input_norm, config.hidden_size);
  slices.qkv = layout.linear(qkv_parts(config, names, layer), config.hidden_size, config.qkv_bias);
  if (config.query_key_norm) {
    slices.query_norm =
        layout.vector(layer + "self_attn.q_norm.weight", config.head_dim, ParameterRole::gain);
    slices.key_norm = layout.vector(layer + "self_attn.k_norm.weight", config.head_dim, ParameterRole::gain);
  }
  slices.attention_output = layout.linear({{layer + names.attention_output, config.hidden_size}},
                                          config.query_width(), config.attention_output_bias);
  if (after)
    slices.attention_output_norm = layout.norm(layer + names.attention_output_norm, config.hidden_size);
  slices.feed_forward_norm = layout.norm(layer + names.feed_forward_norm, config.hidden_size);
  slices.gate_up =
      layout.linear(gate_up_parts(config, names, layer), config.hidden_size, config.feed_forward_bias);
  slices.down = layout.linear({{layer + names.down, config.hidden_size}}, config.intermediate_size,
                              config.feed_forward_bias);
  if (after) slices.down_norm = layout.norm(layer + names.down_norm, config.hidden_size);
  return slices;
}

}  // namespace

ParameterLayout parameter_layout(const ModelConfig& config, Arenas arenas) {
  const bool gpt2 = config.naming == TensorNaming::gpt2;
  const std::string model = gpt2 ? "transformer." : "model.";
  Layout layout(config, arenas);
  ModelSlices slices;
  slices.embedding = layout.matrix(model + (gpt2 ? "wte.weight" : "embed_tokens.weight"),
                                   config.vocabulary_size, config.hidden_size, ArenaPart::tables);
  if (config.positions == Positions::learned) {
    slices.positions =
        layout.matrix(model + "wpe.weight", config.context_length_max, config.hidden_size, ArenaPart::tables);
  }
  for (std::int32_t layer = 0; layer < config.layer_count; ++layer) {
    const std::string prefix = model + (gpt2 ? "h." : "layers.") + std::to_string(layer) + ".";
    slices.layers.push_back(lay_out_layer(layout, config, prefix));
  }
  slices.final_norm = layout.norm(model + (gpt2 ? "ln_f" : "norm"), config.hidden_size);
  if (config.tied_embeddings) slices.head = slices.embedding;
  if (config.label_count > 0) {
    slices.score = layout.matrix("score.weight", config.label_count, config.hidden_size, ArenaPart::vectors);
  } else if (!config.tied_embeddings) {
    slices.head =
        layout.matrix("lm_head.weight", config.vocabulary_size, config.hidden_size, ArenaPart::tables);
  }
  return layout.take(std::move(slices));
}

}  // namespace preceptor::engine
