#include "engine/generation/decoder_pass.hpp"

#include "engine/kernels/embedding.hpp"
#include "engine/kernels/rmsnorm.hpp"
#include "engine/kernels/swiglu.hpp"

namespace preceptor::engine {
namespace {

// Vectors keep their capacity, so a step allocates nothing once the largest batch has been seen.
std::span<float> sized(std::vector<float>& memory, std::int32_t rows, std::int32_t width) {
  memory.resize(static_cast<std::size_t>(rows) * static_cast<std::size_t>(width));
  return memory;
}

RowLinear linear(std::int32_t out_width, std::int32_t in_width, Precision precision) {
  return RowLinear(out_width, in_width, precision);
}

}  // namespace

DecoderWeights::DecoderWeights(const ModelConfig& model, Precision wanted)
    : config(model),
      slices(model_slices(config)),
      head(linear(config.vocabulary_size, config.hidden_size, wanted)),
      rope(rope_table(config.context_length_max, config.head_dim, config.rope_theta)),
      precision(wanted) {
  for (std::int32_t layer = 0; layer < config.layer_count; ++layer) {
    layers.push_back({.qkv = linear(config.qkv_width(), config.hidden_size, wanted),
                      .attention_output = linear(config.hidden_size, config.query_width(), wanted),
                      .gate_up = linear(2 * config.intermediate_size, config.hidden_size, wanted),
                      .down = linear(config.hidden_size, config.intermediate_size, wanted)});
  }
}

void DecoderWeights::pack(const Parameters& parameters) {
  const std::span<const float> values = parameters.values();
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    layers[layer].qkv.pack(slices.layers[layer].qkv.of(values));
    layers[layer].attention_output.pack(slices.layers[layer].attention_output.of(values));
    layers[layer].gate_up.pack(slices.layers[layer].gate_up.of(values));
    layers[layer].down.pack(slices.layers[layer].down.of(values));
  }
  head.pack(slices.head.of(values));
}

std::size_t DecoderWeights::packed_bytes() const {
  std::size_t count = slices.head.count;
  for (const LayerSlices& layer : slices.layers) {
    count += layer.qkv.count + layer.attention_output.count + layer.gate_up.count + layer.down.count;
  }
  return count * (precision == Precision::bf16 ? 2 : 4);
}

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
  sized(scale_, row_count_, 1);
  sized(x_, row_count_, config.hidden_size);
  sized(normed_, row_count_, config.hidden_size);
  sized(delta_, row_count_, config.hidden_size);
  sized(qkv_, row_count_, config.qkv_width());
  sized(attended_, row_count_, config.query_width());
  sized(gate_up_, row_count_, 2 * config.intermediate_size);
  sized(activated_, row_count_, config.intermediate_size);
}

// normed_ → delta_
template <class Real>
void DecoderPass::attention_block(const DecoderWeights& weights, std::int32_t layer, PagePool<Real>& pool) {
  const ModelConfig& config = weights.config;
  const PackedLayer& packed = weights.layers[static_cast<std::size_t>(layer)];
  packed.qkv.forward(qkv_, normed_, row_count_);
  rope_forward<float>(qkv_, positions_, config.head_count + config.kv_head_count, config.qkv_width(),
                      weights.rope);
  store_keys_values<Real>(pool, qkv_, cached_rows_, layer, config.head_count);
  cached_attention<Real>(attended_, qkv_, pool, cached_rows_, layer, config.head_count);
  packed.attention_output.forward(delta_, attended_, row_count_);
}

// normed_ → delta_
void DecoderPass::feed_forward_block(const DecoderWeights& weights, std::int32_t layer) {
  const PackedLayer& packed = weights.layers[static_cast<std::size_t>(layer)];
  packed.gate_up.forward(gate_up_, normed_, row_count_);
  swiglu_forward<float>(activated_, gate_up_, weights.config.intermediate_size);
  packed.down.forward(delta_, activated_, row_count_);
}

template <class Real>
void DecoderPass::run(std::span<float> logits, const DecoderWeights& weights, std::span<const float> values,
                      PagePool<Real>& pool, std::span<const DecoderRow> rows,
                      std::span<const std::int32_t> wanted) {
  const ModelConfig& config = weights.config;
  const ModelSlices& slices = weights.slices;
  const float epsilon = config.norm_epsilon;
  prepare(config, rows);

  embedding_forward(x_, tokens_, slices.embedding.of(values), config.hidden_size);
  rmsnorm_forward<float>(normed_, scale_, x_, slices.layers.front().input_norm.of(values), epsilon);
  for (std::int32_t layer = 0; layer < config.layer_count; ++layer) {
    const auto index = static_cast<std::size_t>(layer);
    attention_block<Real>(weights, layer, pool);
    residual_rmsnorm_forward<float>(normed_, x_, scale_, x_, delta_,
                                    slices.layers[index].post_attention_norm.of(values), epsilon);
    feed_forward_block(weights, layer);
    const Slice& next_gain =
        index + 1 < slices.layers.size() ? slices.layers[index + 1].input_norm : slices.final_norm;
    residual_rmsnorm_forward<float>(normed_, x_, scale_, x_, delta_, next_gain.of(values), epsilon);
  }
  if (wanted.empty()) return;
  const auto wanted_count = static_cast<std::int32_t>(wanted.size());
  gather_rows(sized(last_, wanted_count, config.hidden_size), normed_, wanted, config.hidden_size);
  weights.head.forward(logits, last_, wanted_count);
}

template void DecoderPass::run<float>(std::span<float>, const DecoderWeights&, std::span<const float>,
                                      PagePool<float>&, std::span<const DecoderRow>,
                                      std::span<const std::int32_t>);
template void DecoderPass::run<Bf16>(std::span<float>, const DecoderWeights&, std::span<const float>,
                                     PagePool<Bf16>&, std::span<const DecoderRow>,
                                     std::span<const std::int32_t>);

}  // namespace preceptor::engine
