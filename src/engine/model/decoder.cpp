#include "engine/model/decoder.hpp"

#include <algorithm>
#include <type_traits>

#include "engine/kernels/activation.hpp"
#include "engine/kernels/rmsnorm.hpp"

namespace preceptor::engine {

namespace {

template <class T>
std::span<const T> read(std::span<T> values) {
  return values;
}

// Packed copies of the layers' matrices, for forward and for backward, that may stand in memory. Beyond it
// each is packed right before its use, which costs a large batch little.
constexpr std::size_t packed_bytes_max = std::size_t{64} << 20U;

std::size_t layer_weights(const ModelSlices& slices) {
  std::size_t count = 0;
  for (const LayerSlices& layer : slices.layers) {
    count += layer.qkv.weight.count + layer.attention_output.weight.count + layer.gate_up.weight.count +
             layer.down.weight.count;
  }
  return count;
}

}  // namespace

template <class Real>
Decoder<Real>::Decoder(const ModelWeights& weights, Recompute recompute)
    : weights_(weights),
      recompute_(recompute),
      config_(weights.config()),
      slices_(weights.slices()),
      embedding_(config_, slices_, std::is_same_v<Real, Bf16> ? Precision::bf16 : Precision::fp32),
      norm_(config_),
      query_key_norm_(config_),
      room_(std::make_unique<ProjectionRoom<Real>>()),
      rope_(config_) {
  room_->shares_packed = 2 * sizeof(Real) * layer_weights(slices_) > packed_bytes_max;
  for (std::size_t index = 0; index < slices_.layers.size(); ++index) {
    const LayerSlices& layer = slices_.layers[index];
    const LoraLayer* targets = weights_.adapter() ? &weights_.adapter()->layer(index) : nullptr;
    const auto projection = [&](std::int32_t outputs, std::int32_t inputs, const LinearSlices& slices,
                                LoraTargets LoraLayer::*member) {
      return Projection<Real>({outputs, inputs}, weights_, slices, targets ? &(targets->*member) : nullptr,
                              *room_);
    };
    layers_.push_back(
        {.qkv = projection(config_.qkv_width(), config_.hidden_size, layer.qkv, &LoraLayer::qkv),
         .attention_output = projection(config_.hidden_size, config_.query_width(), layer.attention_output,
                                        &LoraLayer::attention_output),
         .gate_up =
             projection(config_.gate_up_width(), config_.hidden_size, layer.gate_up, &LoraLayer::gate_up),
         .down = projection(config_.hidden_size, config_.intermediate_size, layer.down, &LoraLayer::down)});
  }
}

template <class Real>
void Decoder<Real>::weights_changed() {
  for (Layer& layer : layers_) {
    for (Projection<Real>* projection : {&layer.qkv, &layer.attention_output, &layer.gate_up, &layer.down}) {
      projection->weights_changed();
    }
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
void Decoder<Real>::plan(LayerActivations<Real>& layer, Carver& carver, std::size_t rows,
                         const Layer& projections) const {
  const auto hidden = static_cast<std::size_t>(config_.hidden_size);
  layer.input_statistics = norm_.take(carver, rows);
  layer.qkv = carver.take<Real>(rows * static_cast<std::size_t>(config_.qkv_width()));
  layer.query_key = query_key_norm_.template take<Real>(carver, rows);
  layer.attention = carver.take<Real>(rows * static_cast<std::size_t>(config_.query_width()));
  layer.log_sums = carver.take<float>(rows * static_cast<std::size_t>(config_.head_count));
  layer.attention_branch = carver.take<Real>(rows * hidden);
  layer.middle_statistics = norm_.take(carver, rows);
  layer.gate_up = carver.take<Real>(rows * static_cast<std::size_t>(config_.gate_up_width()));
  layer.feed_forward_branch = carver.take<Real>(rows * hidden);
  const auto low = [&](const Projection<Real>& projection) {
    return carver.take<Real>(rows * static_cast<std::size_t>(projection.low_width()));
  };
  layer.low = {.qkv = low(projections.qkv),
               .attention_output = low(projections.attention_output),
               .gate_up = low(projections.gate_up),
               .down = low(projections.down)};
  if (!norms_after()) return;
  layer.attention_branch_statistics = norm_.take(carver, rows);
  layer.feed_forward_branch_statistics = norm_.take(carver, rows);
}

template <class Real>
void Decoder<Real>::plan(DecoderActivations<Real>& activations, Carver& carver, std::size_t rows,
                         Keep keep) const {
  const auto hidden = static_cast<std::size_t>(config_.hidden_size);
  const bool again = keep == Keep::for_backward && recompute_ == Recompute::layers;
  activations.layers.resize(layers_.size());
  for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
    if (layer == 0 || (keep == Keep::for_backward && !again)) {
      plan(activations.layers[layer], carver, rows, layers_[layer]);
    } else {
      activations.layers[layer] = activations.layers.front();
    }
  }
  activations.inputs = carver.take<float>(again ? layers_.size() * rows * hidden : 0);
  activations.residual = carver.take<float>(rows * hidden);
  activations.normed = carver.take<Real>(rows * hidden);
  activations.active = carver.take<Real>(rows * static_cast<std::size_t>(config_.intermediate_size));
  activations.delta = carver.take<Real>(norms_after() ? rows * hidden : 0);
}

template <class Real>
void Decoder<Real>::activate(std::span<Real> active, std::span<const Real> gate_up) const {
  if (config_.feed_forward == FeedForward::gated) {
    gated_forward(active, gate_up, config_.intermediate_size, config_.activation);
  } else {
    activation_forward(active, gate_up, config_.activation);
  }
}

template <class Real>
std::span<const Real> Decoder<Real>::delta_of(std::span<const Real> branch, const NormStatistics& statistics,
                                              const NormSlices& norm, std::span<Real> room) const {
  if (!norms_after()) return branch;
  norm_.branch_forward(room, statistics, branch, norm, vectors());
  return room;
}

// normed: the input's norm before, the middle's after.
template <class Real>
void Decoder<Real>::attention_half(std::size_t index, DecoderActivations<Real>& activations) {
  LayerActivations<Real>& a = activations.layers[index];
  Layer& layer = layers_[index];
  const LayerSlices& slices = slices_.layers[index];
  layer.qkv.forward(a.qkv, a.low.qkv, activations.normed);
  query_key_norm_.forward(a.qkv, a.query_key, slices, vectors());
  if (config_.positions == Positions::rotary) {
    rope_forward(a.qkv, activations.batch.positions, config_.head_count + config_.kv_head_count,
                 config_.qkv_width(), rope_.of(config_.attention_of(static_cast<std::int32_t>(index))));
  }
  attention_forward(a.attention, a.log_sums, read(a.qkv), activations.batch.attention(),
                    attention_shape(index));
  layer.attention_output.forward(a.attention_branch, a.low.attention_output, a.attention);
  const std::span<const Real> delta = delta_of(a.attention_branch, a.attention_branch_statistics,
                                               slices.attention_output_norm, activations.delta);
  norm_.residual_forward(activations.normed, activations.residual, a.middle_statistics,
                         read(activations.residual), delta, slices.feed_forward_norm, vectors());
}

// normed: the middle's norm before, the next layer's input's after.
template <class Real>
void Decoder<Real>::feed_forward_half(std::size_t index, DecoderActivations<Real>& activations) {
  LayerActivations<Real>& a = activations.layers[index];
  Layer& layer = layers_[index];
  const LayerSlices& slices = slices_.layers[index];
  layer.gate_up.forward(a.gate_up, a.low.gate_up, activations.normed);
  activate(activations.active, a.gate_up);
  layer.down.forward(a.feed_forward_branch, a.low.down, activations.active);
  const std::span<const Real> delta =
      delta_of(a.feed_forward_branch, a.feed_forward_branch_statistics, slices.down_norm, activations.delta);
  if (index + 1 == layers_.size()) {
    add_residual(activations.residual, read(activations.residual), delta);
    return;
  }
  norm_.residual_forward(activations.normed, activations.residual,
                         activations.layers[index + 1].input_statistics, read(activations.residual), delta,
                         slices_.layers[index + 1].input_norm, vectors());
}

template <class Real>
void Decoder<Real>::forward(DecoderActivations<Real>& activations, const PackedBatch& batch, Keep keep) {
  activations.batch.assign(batch, config_);
  rope_.reserve(activations.batch.longest);
  activations.arena.carve([&](Carver& carver) { plan(activations, carver, activations.batch.rows(), keep); });
  embedding_.forward(activations.residual, activations.batch.tokens, activations.batch.positions, weights_);
  norm_.forward(activations.normed, activations.layers.front().input_statistics, read(activations.residual),
                slices_.layers.front().input_norm, vectors());
  for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
    if (!activations.inputs.empty()) {
      std::ranges::copy(activations.residual, input_of(layer, activations).begin());
    }
    attention_half(layer, activations);
    feed_forward_half(layer, activations);
  }
}

template <class Real>
std::span<float> Decoder<Real>::input_of(std::size_t layer,
                                         const DecoderActivations<Real>& activations) const {
  return activations.inputs.subspan(layer * activations.residual.size(), activations.residual.size());
}

// Everything that the layer's backward wants, as its forward left it.
template <class Real>
void Decoder<Real>::compute_again(std::size_t layer, DecoderActivations<Real>& activations) {
  std::ranges::copy(input_of(layer, activations), activations.residual.begin());
  norm_.forward(activations.normed, activations.layers[layer].input_statistics, read(activations.residual),
                slices_.layers[layer].input_norm, vectors());
  attention_half(layer, activations);
  feed_forward_half(layer, activations);
  std::ranges::copy(activations.residual, scratch_.residual.begin());
}

// scratch_.residual: after the layer before, its middle after.
template <class Real>
void Decoder<Real>::feed_forward_half_backward(std::size_t index, const DecoderActivations<Real>& activations,
                                               std::span<float> d_residual, const Gradients& gradients) {
  const LayerActivations<Real>& a = activations.layers[index];
  const LayerSlices& slices = slices_.layers[index];
  Layer& layer = layers_[index];
  std::span<const Real> d_branch = scratch_.d_residual;
  subtract_residual(scratch_.residual, delta_of(a.feed_forward_branch, a.feed_forward_branch_statistics,
                                                slices.down_norm, activations.delta));
  norm_.forward(activations.normed, a.middle_statistics, read(scratch_.residual), slices.feed_forward_norm,
                vectors());
  if (norms_after()) {
    norm_.branch_backward(scratch_.d_branch, d_branch, read(a.feed_forward_branch),
                          a.feed_forward_branch_statistics, slices.down_norm, vectors(), gradients.vectors);
    d_branch = scratch_.d_branch;
  }
  layer.down.backward_input(scratch_.d_active, d_branch);
  if (config_.feed_forward == FeedForward::gated) {
    gated_backward(activations.active, scratch_.d_gate_up, read(scratch_.d_active), read(a.gate_up),
                   config_.intermediate_size, config_.activation);
  } else {
    activation_backward(activations.active, scratch_.d_gate_up, read(scratch_.d_active), read(a.gate_up),
                        config_.activation);
  }
  layer.down.backward_weights(d_branch, activations.active, a.low.down, gradients);
  layer.gate_up.backward(scratch_.d_normed, scratch_.d_gate_up, activations.normed, a.low.gate_up, gradients);
  norm_.backward(d_residual, scratch_.d_residual, read(scratch_.d_normed), read(scratch_.residual),
                 a.middle_statistics, slices.feed_forward_norm, vectors(), gradients.vectors);
}

// scratch_.residual: the middle of the layer before, its input after.
template <class Real>
void Decoder<Real>::attention_half_backward(std::size_t index, const DecoderActivations<Real>& activations,
                                            std::span<float> d_residual, const Gradients& gradients) {
  const LayerActivations<Real>& a = activations.layers[index];
  const LayerSlices& slices = slices_.layers[index];
  Layer& layer = layers_[index];
  std::span<const Real> d_branch = scratch_.d_residual;
  subtract_residual(scratch_.residual, delta_of(a.attention_branch, a.attention_branch_statistics,
                                                slices.attention_output_norm, activations.delta));
  norm_.forward(activations.normed, a.input_statistics, read(scratch_.residual), slices.input_norm,
                vectors());
  if (norms_after()) {
    norm_.branch_backward(scratch_.d_branch, d_branch, read(a.attention_branch),
                          a.attention_branch_statistics, slices.attention_output_norm, vectors(),
                          gradients.vectors);
    d_branch = scratch_.d_branch;
  }
  layer.attention_output.backward(scratch_.d_attention, d_branch, a.attention, a.low.attention_output,
                                  gradients);
  attention_backward(scratch_.d_qkv, read(scratch_.d_attention), read(a.attention), a.log_sums, read(a.qkv),
                     activations.batch.attention(), attention_shape(index));
  if (config_.positions == Positions::rotary) {
    rope_backward(scratch_.d_qkv, activations.batch.positions, config_.head_count + config_.kv_head_count,
                  config_.qkv_width(), rope_.of(config_.attention_of(static_cast<std::int32_t>(index))));
  }
  query_key_norm_.backward(scratch_.d_qkv, a.query_key, slices, vectors(), gradients.vectors);
  layer.qkv.backward(scratch_.d_normed, scratch_.d_qkv, activations.normed, a.low.qkv, gradients);
  norm_.backward(d_residual, scratch_.d_residual, read(scratch_.d_normed), read(scratch_.residual),
                 a.input_statistics, slices.input_norm, vectors(), gradients.vectors);
}

template <class Real>
void Decoder<Real>::plan(Scratch& scratch, Carver& carver, std::size_t rows) const {
  const auto take = [&](std::int32_t width) {
    return carver.take<Real>(rows * static_cast<std::size_t>(width));
  };
  scratch.residual = carver.take<float>(rows * static_cast<std::size_t>(config_.hidden_size));
  scratch.d_residual = take(config_.hidden_size);
  scratch.d_branch = take(norms_after() ? config_.hidden_size : 0);
  scratch.d_normed = take(config_.hidden_size);
  scratch.d_gate_up = take(config_.gate_up_width());
  scratch.d_active = take(config_.intermediate_size);
  scratch.d_qkv = take(config_.qkv_width());
  scratch.d_attention = take(config_.query_width());
}

template <class Real>
DecoderMemory Decoder<Real>::memory(std::size_t rows) const {
  DecoderActivations<Real> activations;
  Scratch scratch;
  Carver kept(nullptr), again(nullptr);
  plan(activations, kept, rows, Keep::for_backward);
  plan(scratch, again, rows);
  const std::size_t d_residual = rows * static_cast<std::size_t>(config_.hidden_size) * sizeof(float);
  DecoderMemory memory{.packed = 0, .activations = kept.used() + again.used() + d_residual};
  std::size_t packed_max = 0;
  std::size_t beside_max = 0;
  for (const Layer& layer : layers_) {
    for (const Projection<Real>* projection :
         {&layer.qkv, &layer.attention_output, &layer.gate_up, &layer.down}) {
      const ProjectionMemory part = projection->memory(rows);
      memory.packed += part.packed_factors + (room_->shares_packed ? 0 : part.packed);
      packed_max = std::max(packed_max, part.packed);
      beside_max = std::max(beside_max, part.beside);
    }
  }
  if (room_->shares_packed) memory.packed += packed_max;
  memory.activations += beside_max;
  return memory;
}

template <class Real>
void Decoder<Real>::backward(DecoderActivations<Real>& activations, std::span<float> d_residual,
                             const Gradients& gradients) {
  scratch_.arena.carve([&](Carver& carver) { plan(scratch_, carver, activations.batch.rows()); });
  std::ranges::copy(activations.residual, scratch_.residual.begin());
  convert(scratch_.d_residual, read(d_residual));
  for (std::size_t layer = layers_.size(); layer-- > 0;) {
    if (!activations.inputs.empty()) compute_again(layer, activations);
    feed_forward_half_backward(layer, activations, d_residual, gradients);
    attention_half_backward(layer, activations, d_residual, gradients);
  }
  embedding_.backward(d_residual, activations.batch.tokens, activations.batch.positions,
                      gradients.tables_and_matrices);
}

template class Decoder<float>;
template class Decoder<Bf16>;

}  // namespace preceptor::engine
