#include "engine/generation/decoder_pass.hpp"

#include "engine/kernels/activation.hpp"
#include "engine/kernels/bias.hpp"
#include "engine/kernels/embedding.hpp"

namespace preceptor::engine {
namespace {

// Vectors keep their capacity, so a step allocates nothing once the largest batch has been seen.
std::span<float> sized(std::vector<float>& memory, std::int32_t rows, std::int32_t width) {
  memory.resize(static_cast<std::size_t>(rows) * static_cast<std::size_t>(width));
  return memory;
}

void apply(const HeldLinear& linear, std::span<float> out, std::span<const float> x, std::int32_t rows,
           std::span<const float> bias) {
  linear.forward(out, x, rows);
  if (!bias.empty()) add_bias(out, bias);
}

}  // namespace

void DecoderPass::prepare(const ModelConfig& config, std::span<const DecoderRow> rows) {
  row_count_ = static_cast<std::int32_t>(rows.size());
  tokens_.clear();
  positions_.clear();
  cached_rows_.clear();
  for (const DecoderRow& row : rows) {
    tokens_.push_back(row.token);
    positions_.push_back(row.position);
    cached_rows_.push_back({row.cache, row.position});
  }
  size_rows(config, row_count_);
  sized(query_scale_, row_count_, config.head_count);
  sized(key_scale_, row_count_, config.kv_head_count);
  sized(x_, row_count_, config.hidden_size);
  sized(qkv_, row_count_, config.qkv_width());
}

void DecoderPass::size_rows(const ModelConfig& config, std::int32_t rows) {
  row_count_ = rows;
  sized(scale_, rows, 1);
  sized(mean_, rows, 1);
  sized(normed_, rows, config.hidden_size);
  sized(delta_, rows, config.hidden_size);
  sized(attended_, rows, config.query_width());
  sized(gate_up_, rows, config.gate_up_width());
  sized(activated_, rows, config.intermediate_size);
}

// delta_ in place, where the model norms what a branch gives to the residual stream.
void DecoderPass::branch_norm(const DecoderWeights& weights, std::span<const float> values,
                              const NormSlices& slices) {
  if (weights.config.norm_placement != NormPlacement::before_and_after) return;
  weights.norm.branch_forward<float>(delta_, statistics(), delta_, slices, values);
}

// normed_ → qkv_, rotated, and into the pages
template <class Real>
void DecoderPass::take_in(const DecoderWeights& weights, std::span<const float> values, std::int32_t layer,
                          PagePool<Real>& pool) {
  const ModelConfig& config = weights.config;
  const LayerSlices& slices = weights.slices.layers[static_cast<std::size_t>(layer)];
  apply(weights.layers[static_cast<std::size_t>(layer)].qkv, qkv_, normed_, row_count_,
        slices.qkv.bias.of(values));
  weights.query_key_norm.forward<float>(
      qkv_, {.before = {}, .query_scale = query_scale_, .key_scale = key_scale_}, slices, values);
  if (config.positions == Positions::rotary) {
    rope_forward<float>(qkv_, positions_, config.head_count + config.kv_head_count, config.qkv_width(),
                        weights.rope.of(config.attention_of(layer)));
  }
  store_keys_values<Real>(pool, qkv_, cached_rows_, layer, config.head_count);
}

// Goes on with these rows alone: behind the last layer's keys and values nobody asks for the others.
void DecoderPass::keep(const ModelConfig& config, std::span<const std::int32_t> wanted) {
  if (wanted.size() == cached_rows_.size()) return;
  const auto count = static_cast<std::int32_t>(wanted.size());
  const auto keep_rows = [&](std::vector<float>& rows, std::int32_t width) {
    gather_rows(sized(kept_, count, width), rows, wanted, width);
    rows.swap(kept_);
  };
  keep_rows(x_, config.hidden_size);
  keep_rows(qkv_, config.qkv_width());
  for (std::size_t i = 0; i < wanted.size(); ++i)
    cached_rows_[i] = cached_rows_[static_cast<std::size_t>(wanted[i])];
  cached_rows_.resize(wanted.size());
  size_rows(config, count);
}

// qkv_ and the pages → delta_
template <class Real>
void DecoderPass::attend(const DecoderWeights& weights, std::span<const float> values, std::int32_t layer,
                         const PagePool<Real>& pool) {
  const ModelConfig& config = weights.config;
  const LayerSlices& slices = weights.slices.layers[static_cast<std::size_t>(layer)];
  cached_attention<Real>(attended_, qkv_, pool, cached_rows_, layer,
                         {.head_count = config.head_count,
                          .scale = config.attention_scale(),
                          .window = config.window_of(layer)});
  apply(weights.layers[static_cast<std::size_t>(layer)].attention_output, delta_, attended_, row_count_,
        slices.attention_output.bias.of(values));
  branch_norm(weights, values, slices.attention_output_norm);
}

// normed_ → delta_
void DecoderPass::feed_forward_block(const DecoderWeights& weights, std::span<const float> values,
                                     std::int32_t layer) {
  const ModelConfig& config = weights.config;
  const HeldLayer& packed = weights.layers[static_cast<std::size_t>(layer)];
  const LayerSlices& slices = weights.slices.layers[static_cast<std::size_t>(layer)];
  apply(packed.gate_up, gate_up_, normed_, row_count_, slices.gate_up.bias.of(values));
  if (config.feed_forward == FeedForward::gated) {
    gated_forward<float>(activated_, gate_up_, config.intermediate_size, config.activation);
  } else {
    activation_forward<float>(activated_, gate_up_, config.activation);
  }
  apply(packed.down, delta_, activated_, row_count_, slices.down.bias.of(values));
  branch_norm(weights, values, slices.down_norm);
}

template <class Real>
void DecoderPass::run(std::span<float> logits, const DecoderWeights& weights, PagePool<Real>& pool,
                      std::span<const DecoderRow> rows, std::span<const std::int32_t> wanted) {
  const std::span<const float> values = weights.values();
  const ModelConfig& config = weights.config;
  const ModelSlices& slices = weights.slices;
  prepare(config, rows);

  weights.embed(x_, tokens_, positions_);
  weights.norm.forward<float>(normed_, statistics(), x_, slices.layers.front().input_norm, values);
  for (std::int32_t layer = 0; layer < config.layer_count; ++layer) {
    const auto index = static_cast<std::size_t>(layer);
    take_in<Real>(weights, values, layer, pool);
    if (layer + 1 == config.layer_count) {
      if (wanted.empty()) return;
      keep(config, wanted);
    }
    attend<Real>(weights, values, layer, pool);
    weights.norm.residual_forward<float>(normed_, x_, statistics(), x_, delta_,
                                         slices.layers[index].feed_forward_norm, values);
    feed_forward_block(weights, values, layer);
    const NormSlices& next =
        index + 1 < slices.layers.size() ? slices.layers[index + 1].input_norm : slices.final_norm;
    weights.norm.residual_forward<float>(normed_, x_, statistics(), x_, delta_, next, values);
  }
  weights.head->forward(logits, normed_, row_count_);
}

template void DecoderPass::run<float>(std::span<float>, const DecoderWeights&, PagePool<float>&,
                                      std::span<const DecoderRow>, std::span<const std::int32_t>);
template void DecoderPass::run<Bf16>(std::span<float>, const DecoderWeights&, PagePool<Bf16>&,
                                     std::span<const DecoderRow>, std::span<const std::int32_t>);

}  // namespace preceptor::engine
