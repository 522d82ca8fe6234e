#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/generation/cached_attention.hpp"
#include "engine/generation/cached_decoder.hpp"
#include "engine/generation/decoder_weights.hpp"

namespace preceptor::engine {

// One thread group's pass over some rows, with memory of its own that only grows.
class DecoderPass {
public:
  // logits: (wanted, vocabulary)
  template <class Real>
  void run(std::span<float> logits, const DecoderWeights& weights, PagePool<Real>& pool,
           std::span<const DecoderRow> rows, std::span<const std::int32_t> wanted);

private:
  template <class Real>
  void take_in(const DecoderWeights& weights, std::span<const float> values, std::int32_t layer,
               PagePool<Real>& pool);
  void keep(const ModelConfig& config, std::span<const std::int32_t> wanted);
  template <class Real>
  void attend(const DecoderWeights& weights, std::span<const float> values, std::int32_t layer,
              const PagePool<Real>& pool);
  void feed_forward_block(const DecoderWeights& weights, std::span<const float> values, std::int32_t layer);
  void branch_norm(const DecoderWeights& weights, std::span<const float> values, const NormSlices& slices);
  NormStatistics statistics() { return {.scale = scale_, .mean = mean_}; }
  void prepare(const ModelConfig& config, std::span<const DecoderRow> rows);
  void size_rows(const ModelConfig& config, std::int32_t rows);  // of what a layer overwrites in full

  std::int32_t row_count_ = 0;
  std::vector<TokenId> tokens_;
  std::vector<std::int32_t> positions_;
  std::vector<CachedRow> cached_rows_;
  std::vector<float> x_, normed_, scale_, mean_, qkv_, query_scale_, key_scale_, attended_, delta_, gate_up_,
      activated_, kept_;
};

}  // namespace preceptor::engine
