#include "engine/model/decoder.hpp"

#include <type_traits>

#include "engine/kernels/activation.hpp"
#include "engine/kernels/bias.hpp"
#include "engine/kernels/rmsnorm.hpp"

namespace preceptor::engine {

namespace {

template <class T>
std::span<const T> read(std::span<T> values) {
  return values;
}

}  // namespace

template <class Real>
Decoder<Real>::Decoder(const Parameters& parameters)
    : parameters_(&parameters),
      config_(parameters.config()),
      slices_(model_slices(config_)),
      embedding_(config_, slices_, std::is_same_v<Real, Bf16> ? Precision::bf16 : Precision::fp32),
      norm_(config_),
      query_key_norm_(config_),
      rope_(config_) {
  for (std::int32_t layer = 0; layer < config_.layer_count; ++layer) {
    layers_.push_back({.qkv = {config_.qkv_width(), config_.hidden_size},
                       .attention_output = {config_.hidden_size, config_.query_width()},
                       .gate_up = {config_.gate_up_width(), config_.hidden_size},
                       .down = {config_.hidden_size, config_.intermediate_size}});
  }
}

template <class Real>
AttentionShape Decoder<Real>::attention_shape(std::size_t layer) const {
  return {.head_count = config_.head_count,
          .kv_head_count = config_.kv_head_count,
          .head_dim = config_.head_dim,
          .scale = config_.attention_scale(),
          .window = config_.window_of(static_cast<std::int32_t>(layer))};
}

template <class Real>
void Decoder<Real>::pack_for_forward() {
  if (forward_packed_) return;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    layers_[i].qkv.pack(slices_.layers[i].qkv.weight.of(values()));
    layers_[i].attention_output.pack(slices_.layers[i].attention_output.weight.of(values()));
    layers_[i].gate_up.pack(slices_.layers[i].gate_up.weight.of(values()));
    layers_[i].down.pack(slices_.layers[i].down.weight.of(values()));
  }
  forward_packed_ = true;
}

template <class Real>
void Decoder<Real>::pack_for_backward() {
  if (backward_packed_) return;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    layers_[i].qkv.pack_for_backward(slices_.layers[i].qkv.weight.of(values()));
    layers_[i].attention_output.pack_for_backward(slices_.layers[i].attention_output.weight.of(values()));
    layers_[i].gate_up.pack_for_backward(slices_.layers[i].gate_up.weight.of(values()));
    layers_[i].down.pack_for_backward(slices_.layers[i].down.weight.of(values()));
  }
  backward_packed_ = true;
}

template <class Real>
void Decoder<Real>::plan(LayerActivations<Real>& layer, Carver& carver, std::size_t rows) const {
  const auto hidden = static_cast<std::size_t>(config_.hidden_size);
  const auto intermediate = static_cast<std::size_t>(config_.intermediate_size);
  layer.input = carver.take<float>(rows * hidden);
  layer.input_statistics = norm_.take(carver, rows);
  layer.input_normed = carver.take<Real>(rows * hidden);
  layer.qkv = carver.take<Real>(rows * static_cast<std::size_t>(config_.qkv_width()));
  layer.query_key = query_key_norm_.template take<Real>(carver, rows);
  layer.attention = carver.take<Real>(rows * static_cast<std::size_t>(config_.query_width()));
  layer.log_sums = carver.take<float>(rows * static_cast<std::size_t>(config_.head_count));
  layer.middle = carver.take<float>(rows * hidden);
  layer.middle_statistics = norm_.take(carver, rows);
  layer.middle_normed = carver.take<Real>(rows * hidden);
  layer.gate_up = carver.take<Real>(rows * static_cast<std::size_t>(config_.gate_up_width()));
  layer.active = carver.take<Real>(rows * intermediate);
  if (!norms_after()) return;
  layer.attention_branch = carver.take<Real>(rows * hidden);
  layer.attention_branch_statistics = norm_.take(carver, rows);
  layer.feed_forward_branch = carver.take<Real>(rows * hidden);
  layer.feed_forward_branch_statistics = norm_.take(carver, rows);
}

template <class Real>
void Decoder<Real>::plan(DecoderActivations<Real>& activations, Carver& carver, Keep keep) const {
  const std::size_t rows = activations.batch.rows();
  const auto hidden = static_cast<std::size_t>(config_.hidden_size);
  activations.layers.resize(layers_.size());
  for (LayerActivations<Real>& layer : activations.layers) {
    if (keep == Keep::for_backward || &layer == &activations.layers.front()) {
      plan(layer, carver, rows);
    } else {
      layer = activations.layers.front();
    }
  }
  activations.delta = carver.take<Real>(rows * hidden);
  activations.residual = carver.take<float>(rows * hidden);
}

// Leaves in `delta` what attention adds to the residual stream.
template <class Real>
void Decoder<Real>::attention_half(std::size_t index, DecoderActivations<Real>& activations) {
  LayerActivations<Real>& a = activations.layers[index];
  Layer& layer = layers_[index];
  const LayerSlices& slices = slices_.layers[index];
  const auto rows = static_cast<std::int32_t>(activations.batch.rows());
  layer.qkv.forward(a.qkv, a.input_normed, rows, slices.qkv.bias.of(values()));
  query_key_norm_.forward(a.qkv, a.query_key, slices, values());
  if (config_.positions == Positions::rotary) {
    rope_forward(a.qkv, activations.batch.positions, config_.head_count + config_.kv_head_count,
                 config_.qkv_width(), rope_.of(config_.attention_of(static_cast<std::int32_t>(index))));
  }
  attention_forward(a.attention, a.log_sums, read(a.qkv), activations.batch.starts, attention_shape(index));
  const std::span<Real> branch = norms_after() ? a.attention_branch : activations.delta;
  layer.attention_output.forward(branch, a.attention, rows, slices.attention_output.bias.of(values()));
  if (norms_after()) {
    norm_.branch_forward(activations.delta, a.attention_branch_statistics, read(branch),
                         slices.attention_output_norm, values());
  }
  norm_.residual_forward(a.middle_normed, a.middle, a.middle_statistics, a.input, read(activations.delta),
                         slices.feed_forward_norm, values());
}

template <class Real>
void Decoder<Real>::feed_forward_half(std::size_t index, DecoderActivations<Real>& activations) {
  LayerActivations<Real>& a = activations.layers[index];
  const LayerSlices& slices = slices_.layers[index];
  const auto rows = static_cast<std::int32_t>(activations.batch.rows());
  layers_[index].gate_up.forward(a.gate_up, a.middle_normed, rows, slices.gate_up.bias.of(values()));
  if (config_.feed_forward == FeedForward::gated) {
    gated_forward(a.active, read(a.gate_up), config_.intermediate_size, config_.activation);
  } else {
    activation_forward(a.active, read(a.gate_up), config_.activation);
  }
  const std::span<Real> branch = norms_after() ? a.feed_forward_branch : activations.delta;
  layers_[index].down.forward(branch, a.active, rows, slices.down.bias.of(values()));
  if (norms_after()) {
    norm_.branch_forward(activations.delta, a.feed_forward_branch_statistics, read(branch), slices.down_norm,
                         values());
  }
  if (index + 1 == layers_.size()) {
    add_residual(activations.residual, a.middle, read(activations.delta));
    return;
  }
  LayerActivations<Real>& next = activations.layers[index + 1];
  norm_.residual_forward(next.input_normed, next.input, next.input_statistics, a.middle,
                         read(activations.delta), slices_.layers[index + 1].input_norm, values());
}

template <class Real>
void Decoder<Real>::forward(DecoderActivations<Real>& activations, const PackedBatch& batch, Keep keep) {
  activations.batch.assign(batch, config_);
  pack_for_forward();
  rope_.reserve(activations.batch.longest);
  activations.arena.carve([&](Carver& carver) { plan(activations, carver, keep); });
  LayerActivations<Real>& first = activations.layers.front();
  embedding_.forward(first.input, activations.batch.tokens, activations.batch.positions, values());
  norm_.forward(first.input_normed, first.input_statistics, first.input, slices_.layers.front().input_norm,
                values());
  for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
    attention_half(layer, activations);
    feed_forward_half(layer, activations);
  }
}

template <class Real>
void Decoder<Real>::linear_backward(Linear<Real>& linear, const LinearSlices& slices, std::span<Real> d_x,
                                    std::span<const Real> d_out, std::span<const Real> x,
                                    std::span<float> gradients) {
  const auto rows = static_cast<std::int32_t>(d_out.size() / static_cast<std::size_t>(linear.out_width()));
  linear.backward_weight(slices.weight.of(gradients), d_out, x, rows);
  if (slices.bias.count > 0) bias_backward(slices.bias.of(gradients), d_out);
  linear.backward_input(d_x, d_out, rows);
}

template <class Real>
void Decoder<Real>::feed_forward_half_backward(std::size_t index, const DecoderActivations<Real>& activations,
                                               std::span<float> d_residual, std::span<float> gradients) {
  const LayerActivations<Real>& a = activations.layers[index];
  const LayerSlices& slices = slices_.layers[index];
  Layer& layer = layers_[index];
  std::span<const Real> d_branch = scratch_.d_residual;
  if (norms_after()) {
    norm_.branch_backward(scratch_.d_branch, d_branch, read(a.feed_forward_branch),
                          a.feed_forward_branch_statistics, slices.down_norm, values(), gradients);
    d_branch = scratch_.d_branch;
  }
  linear_backward(layer.down, slices.down, scratch_.d_active, d_branch, a.active, gradients);
  if (config_.feed_forward == FeedForward::gated) {
    gated_backward(scratch_.d_gate_up, read(scratch_.d_active), read(a.gate_up), config_.intermediate_size,
                   config_.activation);
  } else {
    activation_backward(scratch_.d_gate_up, read(scratch_.d_active), read(a.gate_up), config_.activation);
  }
  linear_backward(layer.gate_up, slices.gate_up, scratch_.d_normed, scratch_.d_gate_up, a.middle_normed,
                  gradients);
  norm_.backward(d_residual, scratch_.d_residual, read(scratch_.d_normed), a.middle, a.middle_statistics,
                 slices.feed_forward_norm, values(), gradients);
}

template <class Real>
void Decoder<Real>::attention_half_backward(std::size_t index, const DecoderActivations<Real>& activations,
                                            std::span<float> d_residual, std::span<float> gradients) {
  const LayerActivations<Real>& a = activations.layers[index];
  const LayerSlices& slices = slices_.layers[index];
  Layer& layer = layers_[index];
  std::span<const Real> d_branch = scratch_.d_residual;
  if (norms_after()) {
    norm_.branch_backward(scratch_.d_branch, d_branch, read(a.attention_branch),
                          a.attention_branch_statistics, slices.attention_output_norm, values(), gradients);
    d_branch = scratch_.d_branch;
  }
  linear_backward(layer.attention_output, slices.attention_output, scratch_.d_attention, d_branch,
                  a.attention, gradients);
  attention_backward(scratch_.d_qkv, read(scratch_.d_attention), read(a.attention), a.log_sums, read(a.qkv),
                     activations.batch.starts, attention_shape(index));
  if (config_.positions == Positions::rotary) {
    rope_backward(scratch_.d_qkv, activations.batch.positions, config_.head_count + config_.kv_head_count,
                  config_.qkv_width(), rope_.of(config_.attention_of(static_cast<std::int32_t>(index))));
  }
  query_key_norm_.backward(scratch_.d_qkv, a.query_key, slices, values(), gradients);
  linear_backward(layer.qkv, slices.qkv, scratch_.d_normed, scratch_.d_qkv, a.input_normed, gradients);
  norm_.backward(d_residual, scratch_.d_residual, read(scratch_.d_normed), a.input, a.input_statistics,
                 slices.input_norm, values(), gradients);
}

template <class Real>
void Decoder<Real>::backward(const DecoderActivations<Real>& activations, std::span<float> d_residual,
                             std::span<float> gradients) {
  pack_for_backward();
  const std::size_t rows = activations.batch.rows();
  scratch_.arena.carve([&](Carver& carver) {
    const auto take = [&](std::int32_t width) {
      return carver.take<Real>(rows * static_cast<std::size_t>(width));
    };
    scratch_.d_residual = take(config_.hidden_size);
    scratch_.d_branch = take(norms_after() ? config_.hidden_size : 0);
    scratch_.d_normed = take(config_.hidden_size);
    scratch_.d_gate_up = take(config_.gate_up_width());
    scratch_.d_active = take(config_.intermediate_size);
    scratch_.d_qkv = take(config_.qkv_width());
    scratch_.d_attention = take(config_.query_width());
  });
  convert(scratch_.d_residual, read(d_residual));
  for (std::size_t layer = layers_.size(); layer-- > 0;) {
    feed_forward_half_backward(layer, activations, d_residual, gradients);
    attention_half_backward(layer, activations, d_residual, gradients);
  }
  embedding_.backward(d_residual, activations.batch.tokens, activations.batch.positions, gradients);
}

template class Decoder<float>;
template class Decoder<Bf16>;

}  // namespace preceptor::engine
