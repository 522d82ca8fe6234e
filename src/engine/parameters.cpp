#include "engine/parameters.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace preceptor::engine {

namespace {

constexpr std::size_t group_alignment = 16;  // floats of a cache line

// Lays tensors out one after another; a group starts on a cache line and has no gaps inside.
class Layout {
public:
  void begin_group() { end_ = (end_ + group_alignment - 1) / group_alignment * group_alignment; }

  void matrix(std::string name, std::int64_t rows, std::int64_t columns) {
    add({.name = std::move(name), .shape = {rows, columns}, .decays = true});
  }

  void gain(std::string name, std::int64_t width) {
    begin_group();
    add({.name = std::move(name), .shape = {width}, .decays = false});
  }

  std::vector<ParameterInfo> take() { return std::move(list_); }

private:
  void add(ParameterInfo info) {
    info.offset = end_;
    info.count = static_cast<std::size_t>(
        std::accumulate(info.shape.begin(), info.shape.end(), std::int64_t{1}, std::multiplies<>()));
    end_ += info.count;
    list_.push_back(std::move(info));
  }

  std::vector<ParameterInfo> list_;
  std::size_t end_ = 0;
};

void lay_out_layer(Layout& layout, const ModelConfig& config, const std::string& layer) {
  layout.gain(layer + "input_layernorm.weight", config.hidden_size);
  layout.begin_group();
  layout.matrix(layer + "self_attn.q_proj.weight", config.query_width(), config.hidden_size);
  layout.matrix(layer + "self_attn.k_proj.weight", config.key_width(), config.hidden_size);
  layout.matrix(layer + "self_attn.v_proj.weight", config.key_width(), config.hidden_size);
  layout.begin_group();
  layout.matrix(layer + "self_attn.o_proj.weight", config.hidden_size, config.query_width());
  layout.gain(layer + "post_attention_layernorm.weight", config.hidden_size);
  layout.begin_group();
  layout.matrix(layer + "mlp.gate_proj.weight", config.intermediate_size, config.hidden_size);
  layout.matrix(layer + "mlp.up_proj.weight", config.intermediate_size, config.hidden_size);
  layout.begin_group();
  layout.matrix(layer + "mlp.down_proj.weight", config.hidden_size, config.intermediate_size);
}

// Walks parameter_list() in its order.
class Reader {
public:
  explicit Reader(const std::vector<ParameterInfo>& list) : next_(list.begin()), end_(list.end()) {}

  Slice tensors(int count) {
    Slice slice{next_->offset, 0};
    for (int i = 0; i < count; ++i, ++next_) slice.count += next_->count;
    return slice;
  }
  bool done() const { return next_ == end_; }

private:
  std::vector<ParameterInfo>::const_iterator next_;
  std::vector<ParameterInfo>::const_iterator end_;
};

bool writes_to_residual(const std::string& name) {
  return name.ends_with("o_proj.weight") || name.ends_with("down_proj.weight");
}

}  // namespace

std::vector<ParameterInfo> parameter_list(const ModelConfig& config) {
  Layout layout;
  layout.matrix("model.embed_tokens.weight", config.vocabulary_size, config.hidden_size);
  for (std::int32_t layer = 0; layer < config.layer_count; ++layer) {
    lay_out_layer(layout, config, "model.layers." + std::to_string(layer) + ".");
  }
  layout.gain("model.norm.weight", config.hidden_size);
  layout.begin_group();
  if (config.label_count > 0) {
    layout.matrix("score.weight", config.label_count, config.hidden_size);
  } else if (!config.tied_embeddings) {
    layout.matrix("lm_head.weight", config.vocabulary_size, config.hidden_size);
  }
  return layout.take();
}

std::size_t parameter_arena_size(const ModelConfig& config) {
  const std::vector<ParameterInfo> list = parameter_list(config);
  const std::size_t end = list.back().offset + list.back().count;
  return (end + group_alignment - 1) / group_alignment * group_alignment;
}

ModelSlices model_slices(const ModelConfig& config) {
  const std::vector<ParameterInfo> list = parameter_list(config);
  Reader reader(list);
  ModelSlices slices;
  slices.embedding = reader.tensors(1);
  for (std::int32_t layer = 0; layer < config.layer_count; ++layer) {
    LayerSlices one;
    one.input_norm = reader.tensors(1);
    one.qkv = reader.tensors(3);
    one.attention_output = reader.tensors(1);
    one.post_attention_norm = reader.tensors(1);
    one.gate_up = reader.tensors(2);
    one.down = reader.tensors(1);
    slices.layers.push_back(one);
  }
  slices.final_norm = reader.tensors(1);
  if (config.tied_embeddings) slices.head = slices.embedding;
  if (!reader.done()) (config.label_count > 0 ? slices.score : slices.head) = reader.tensors(1);
  return slices;
}

Parameters::Parameters(const ModelConfig& config)
    : config_(config), list_(parameter_list(config)), arena_(parameter_arena_size(config)) {}

Parameters Parameters::clone() const {
  Parameters copy(config_);
  std::ranges::copy(values(), copy.values().begin());
  return copy;
}

std::size_t Parameters::count() const {
  return std::accumulate(list_.begin(), list_.end(), std::size_t{0},
                         [](std::size_t sum, const ParameterInfo& info) { return sum + info.count; });
}

std::span<float> Parameters::tensor(std::string_view name) {
  const auto found = std::ranges::find(list_, name, &ParameterInfo::name);
  return found == list_.end() ? std::span<float>{} : values().subspan(found->offset, found->count);
}

std::span<const float> Parameters::tensor(std::string_view name) const {
  const auto found = std::ranges::find(list_, name, &ParameterInfo::name);
  return found == list_.end() ? std::span<const float>{} : values().subspan(found->offset, found->count);
}

void Parameters::initialise(Random& random) {
  constexpr double deviation = 0.02;
  for (const ParameterInfo& info : list_) {
    const std::span<float> tensor = values().subspan(info.offset, info.count);
    if (!info.decays) {
      std::ranges::fill(tensor, 1.0F);
      continue;
    }
    double scale = deviation;
    if (writes_to_residual(info.name)) scale /= std::sqrt(2.0 * config_.layer_count);
    if (info.name == "score.weight") scale = 1.0 / std::sqrt(config_.hidden_size + 1.0);
    for (float& value : tensor) value = static_cast<float>(scale * random.normal());
  }
}

}  // namespace preceptor::engine
