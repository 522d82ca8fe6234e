#include "engine/model/decoder.hpp"

#include <algorithm>
#include <bit>

#include "engine/kernels/embedding.hpp"
#include "engine/kernels/rmsnorm.hpp"
#include "engine/kernels/swiglu.hpp"

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
      attention_shape_{config_.head_count, config_.kv_head_count, config_.head_dim} {
  for (std::int32_t layer = 0; layer < config_.layer_count; ++layer) {
    layers_.push_back({.qkv = {config_.qkv_width(), config_.hidden_size},
                       .attention_output = {config_.hidden_size, config_.query_width()},
                       .gate_up = {2 * config_.intermediate_size, config_.hidden_size},
                       .down = {config_.hidden_size, config_.intermediate_size}});
  }
}

template <class Real>
void Decoder<Real>::pack_for_forward() {
  if (forward_packed_) return;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    layers_[i].qkv.pack(weight(slices_.layers[i].qkv));
    layers_[i].attention_output.pack(weight(slices_.layers[i].attention_output));
    layers_[i].gate_up.pack(weight(slices_.layers[i].gate_up));
    layers_[i].down.pack(weight(slices_.layers[i].down));
  }
  forward_packed_ = true;
}

template <class Real>
void Decoder<Real>::pack_for_backward() {
  if (backward_packed_) return;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    layers_[i].qkv.pack_for_backward(weight(slices_.layers[i].qkv));
    layers_[i].attention_output.pack_for_backward(weight(slices_.layers[i].attention_output));
    layers_[i].gate_up.pack_for_backward(weight(slices_.layers[i].gate_up));
    layers_[i].down.pack_for_backward(weight(slices_.layers[i].down));
  }
  backward_packed_ = true;
}

template <class Real>
void Decoder<Real>::plan(LayerActivations<Real>& layer, Carver& carver, std::size_t rows) const {
  const auto hidden = static_cast<std::size_t>(config_.hidden_size);
  const auto intermediate = static_cast<std::size_t>(config_.intermediate_size);
  layer.input = carver.take<float>(rows * hidden);
  layer.input_scale = carver.take<float>(rows);
  layer.input_normed = carver.take<Real>(rows * hidden);
  layer.qkv = carver.take<Real>(rows * static_cast<std::size_t>(config_.qkv_width()));
  layer.attention = carver.take<Real>(rows * static_cast<std::size_t>(config_.query_width()));
  layer.log_sums = carver.take<float>(rows * static_cast<std::size_t>(config_.head_count));
  layer.middle = carver.take<float>(rows * hidden);
  layer.middle_scale = carver.take<float>(rows);
  layer.middle_normed = carver.take<Real>(rows * hidden);
  layer.gate_up = carver.take<Real>(rows * 2 * intermediate);
  layer.gated = carver.take<Real>(rows * intermediate);
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

template <class Real>
void Decoder<Real>::reserve_rope(std::int32_t positions) {
  const auto half = static_cast<std::size_t>(config_.head_dim / 2);
  if (rope_.cosine.size() >= static_cast<std::size_t>(positions) * half) return;
  const auto grown = static_cast<std::int32_t>(std::bit_ceil(static_cast<std::uint32_t>(positions)));
  rope_ = rope_table(grown, config_.head_dim, config_.rope_theta);
}

template <class Real>
void Decoder<Real>::attention_half(std::size_t index, DecoderActivations<Real>& activations) {
  LayerActivations<Real>& a = activations.layers[index];
  Layer& layer = layers_[index];
  const auto rows = static_cast<std::int32_t>(activations.batch.rows());
  layer.qkv.forward(a.qkv, a.input_normed, rows);
  rope_forward(a.qkv, activations.batch.positions, config_.head_count + config_.kv_head_count,
               config_.qkv_width(), rope_);
  attention_forward(a.attention, a.log_sums, read(a.qkv), activations.batch.starts, attention_shape_);
  layer.attention_output.forward(activations.delta, a.attention, rows);
  residual_rmsnorm_forward(a.middle_normed, a.middle, a.middle_scale, a.input, read(activations.delta),
                           weight(slices_.layers[index].post_attention_norm), config_.norm_epsilon);
}

template <class Real>
void Decoder<Real>::feed_forward_half(std::size_t index, DecoderActivations<Real>& activations) {
  LayerActivations<Real>& a = activations.layers[index];
  const auto rows = static_cast<std::int32_t>(activations.batch.rows());
  layers_[index].gate_up.forward(a.gate_up, a.middle_normed, rows);
  swiglu_forward(a.gated, read(a.gate_up), config_.intermediate_size);
  layers_[index].down.forward(activations.delta, a.gated, rows);
  if (index + 1 == layers_.size()) {
    add_residual(activations.residual, a.middle, read(activations.delta));
    return;
  }
  LayerActivations<Real>& next = activations.layers[index + 1];
  residual_rmsnorm_forward(next.input_normed, next.input, next.input_scale, a.middle, read(activations.delta),
                           weight(slices_.layers[index + 1].input_norm), config_.norm_epsilon);
}

template <class Real>
void Decoder<Real>::forward(DecoderActivations<Real>& activations, const PackedBatch& batch, Keep keep) {
  activations.batch.assign(batch, config_);
  pack_for_forward();
  reserve_rope(activations.batch.longest);
  activations.arena.carve([&](Carver& carver) { plan(activations, carver, keep); });
  LayerActivations<Real>& first = activations.layers.front();
  embedding_forward(first.input, activations.batch.tokens, weight(slices_.embedding), config_.hidden_size);
  rmsnorm_forward(first.input_normed, first.input_scale, first.input,
                  weight(slices_.layers.front().input_norm), config_.norm_epsilon);
  for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
    attention_half(layer, activations);
    feed_forward_half(layer, activations);
  }
}

template <class Real>
void Decoder<Real>::feed_forward_half_backward(std::size_t index, const DecoderActivations<Real>& activations,
                                               std::span<float> d_residual, std::span<float> gradients) {
  const LayerActivations<Real>& a = activations.layers[index];
  const LayerSlices& slices = slices_.layers[index];
  Layer& layer = layers_[index];
  const auto rows = static_cast<std::int32_t>(activations.batch.rows());
  layer.down.backward_weight(slices.down.of(gradients), scratch_.d_residual, a.gated, rows);
  layer.down.backward_input(scratch_.d_gated, scratch_.d_residual, rows);
  swiglu_backward(scratch_.d_gate_up, read(scratch_.d_gated), read(a.gate_up), config_.intermediate_size);
  layer.gate_up.backward_weight(slices.gate_up.of(gradients), scratch_.d_gate_up, a.middle_normed, rows);
  layer.gate_up.backward_input(scratch_.d_normed, scratch_.d_gate_up, rows);
  rmsnorm_backward(d_residual, scratch_.d_residual, slices.post_attention_norm.of(gradients),
                   read(scratch_.d_normed), a.middle, weight(slices.post_attention_norm), a.middle_scale);
}

template <class Real>
void Decoder<Real>::attention_half_backward(std::size_t index, const DecoderActivations<Real>& activations,
                                            std::span<float> d_residual, std::span<float> gradients) {
  const LayerActivations<Real>& a = activations.layers[index];
  const LayerSlices& slices = slices_.layers[index];
  Layer& layer = layers_[index];
  const auto rows = static_cast<std::int32_t>(activations.batch.rows());
  layer.attention_output.backward_weight(slices.attention_output.of(gradients), scratch_.d_residual,
                                         a.attention, rows);
  layer.attention_output.backward_input(scratch_.d_attention, scratch_.d_residual, rows);
  attention_backward(scratch_.d_qkv, read(scratch_.d_attention), read(a.attention), a.log_sums, read(a.qkv),
                     activations.batch.starts, attention_shape_);
  rope_backward(scratch_.d_qkv, activations.batch.positions, config_.head_count + config_.kv_head_count,
                config_.qkv_width(), rope_);
  layer.qkv.backward_weight(slices.qkv.of(gradients), scratch_.d_qkv, a.input_normed, rows);
  layer.qkv.backward_input(scratch_.d_normed, scratch_.d_qkv, rows);
  rmsnorm_backward(d_residual, scratch_.d_residual, slices.input_norm.of(gradients), read(scratch_.d_normed),
                   a.input, weight(slices.input_norm), a.input_scale);
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
    scratch_.d_normed = take(config_.hidden_size);
    scratch_.d_gate_up = take(2 * config_.intermediate_size);
    scratch_.d_gated = take(config_.intermediate_size);
    scratch_.d_qkv = take(config_.qkv_width());
    scratch_.d_attention = take(config_.query_width());
  });
  convert(scratch_.d_residual, read(d_residual));
  for (std::size_t layer = layers_.size(); layer-- > 0;) {
    feed_forward_half_backward(layer, activations, d_residual, gradients);
    attention_half_backward(layer, activations, d_residual, gradients);
  }
  embedding_backward(slices_.embedding.of(gradients), d_residual, activations.batch.tokens,
                     config_.hidden_size);
}

template class Decoder<float>;
template class Decoder<Bf16>;

}  // namespace preceptor::engine
