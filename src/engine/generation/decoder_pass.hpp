#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/generation/cached_attention.hpp"
#include "engine/generation/cached_decoder.hpp"
#include "engine/kernels/rope.hpp"
#include "engine/kernels/row_linear.hpp"
#include "engine/parameters.hpp"

namespace preceptor::engine {

struct PackedLayer {
  RowLinear qkv, attention_output, gate_up, down;
};

// The weights as generation uses them: matrices packed, gains and the embedding borrowed.
struct DecoderWeights {
  DecoderWeights(const ModelConfig& config, Precision precision);  // empty until packed
  void pack(const Parameters& parameters);
  std::size_t packed_bytes() const;

  ModelConfig config;
  ModelSlices slices;
  std::vector<PackedLayer> layers;
  RowLinear head;
  RopeTable rope;
  Precision precision;
};

// One thread group's pass over some rows, with memory of its own that only grows.
class DecoderPass {
public:
  // logits: (wanted, vocabulary)
  template <class Real>
  void run(std::span<float> logits, const DecoderWeights& weights, std::span<const float> values,
           PagePool<Real>& pool, std::span<const DecoderRow> rows, std::span<const std::int32_t> wanted);

private:
  template <class Real>
  void attention_block(const DecoderWeights& weights, std::int32_t layer, PagePool<Real>& pool);
  void feed_forward_block(const DecoderWeights& weights, std::int32_t layer);
  void prepare(const ModelConfig& config, std::span<const DecoderRow> rows);

  std::int32_t row_count_ = 0;
  std::vector<TokenId> tokens_;
  std::vector<std::int32_t> positions_;
  std::vector<CachedRow> cached_rows_;
  std::vector<float> x_, normed_, scale_, qkv_, attended_, delta_, gate_up_, activated_, last_;
};

}  // namespace preceptor::engine
