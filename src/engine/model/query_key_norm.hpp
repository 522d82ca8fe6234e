#pragma once

#include <span>

#include "engine/model/arena.hpp"
#include "engine/model/norm.hpp"

namespace preceptor::engine {

// What the norm of queries and keys keeps for its backward.
template <class Real>
struct QueryKeyActivations {
  std::span<Real> before;        // (rows, query_width + key_width): as the projection gave them
  std::span<float> query_scale;  // (rows, heads)
  std::span<float> key_scale;    // (rows, kv_heads)
};

// Each head of queries and of keys normed on its own, in place in (rows, qkv_width). Does nothing for models
// without such norms.
class QueryKeyNorm {
public:
  explicit QueryKeyNorm(const ModelConfig& config);

  template <class Real>
  QueryKeyActivations<Real> take(Carver& carver, std::size_t rows) const;

  // Where activations.before is empty nothing is kept for a backward.
  template <class Real>
  void forward(std::span<Real> qkv, const QueryKeyActivations<Real>& activations, const LayerSlices& slices,
               std::span<const float> values) const;

  template <class Real>
  void backward(std::span<Real> d_qkv, const QueryKeyActivations<Real>& activations,
                const LayerSlices& slices, std::span<const float> values, std::span<float> gradients) const;

private:
  bool used_;
  std::int32_t head_count_, kv_head_count_, query_width_, key_width_, qkv_width_;
  Norm norm_;
};

}  // namespace preceptor::engine
