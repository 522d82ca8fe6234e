#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/kernels/attention.hpp"
#include "engine/model/arena.hpp"
#include "engine/model/batch.hpp"
#include "engine/model/model_weights.hpp"
#include "engine/model/norm.hpp"
#include "engine/model/projection.hpp"
#include "engine/model/query_key_norm.hpp"
#include "engine/model/rope_tables.hpp"
#include "engine/model/token_embedding.hpp"

namespace preceptor::engine {

// What adapted projections keep of their inputs: (rows, low_width of each); empty without an adapter.
template <class Real>
struct LowActivations {
  std::span<Real> qkv, attention_output, gate_up, down;
};

// What one layer leaves for its backward. rows is padded. The residual stream itself is not kept: backward
// takes from it what each half layer added. Nor are its norms and the activated values, which cost less to
// compute again than to hold.
template <class Real>
struct LayerActivations {
  NormStatistics input_statistics;
  std::span<Real> qkv;                  // (rows, qkv_width), normed and rotated
  QueryKeyActivations<Real> query_key;  // empty unless queries and keys are normed
  std::span<Real> attention;            // (rows, query_width)
  std::span<float> log_sums;            // (rows, heads)
  std::span<Real> attention_branch;  // (rows, hidden): added to the residual stream, before the norm after it
  NormStatistics attention_branch_statistics;  // empty without such a norm
  NormStatistics middle_statistics;
  std::span<Real> gate_up;              // (rows, gate_up_width)
  std::span<Real> feed_forward_branch;  // (rows, hidden)
  NormStatistics feed_forward_branch_statistics;
  LowActivations<Real> low;
};

// Activations of one forward: every layer's for training, one shared set for inference and where layers are
// computed again in the backward, from the inputs that are kept instead.
template <class Real>
struct DecoderActivations {
  Arena arena;
  BatchRows batch;
  std::vector<LayerActivations<Real>> layers;
  std::span<float> inputs;    // (layers, rows, hidden): of each layer, to compute it again; else empty
  std::span<float> residual;  // (rows, hidden), fp32: after the last layer
  std::span<Real> normed;     // (rows, hidden): the rest serves one half layer after the other, both ways
  std::span<Real> active;     // (rows, intermediate)
  std::span<Real> delta;      // (rows, hidden); empty unless norms stand after
};

enum class Keep { nothing, for_backward };

// Bytes that a training takes in the decoder.
struct DecoderMemory {
  std::size_t packed = 0;
  std::size_t activations = 0;  // kept ones and those of the backward
};

// The stack of layers from tokens to the residual stream, forward and backward. Borrows the weights.
template <class Real>
class Decoder {
public:
  Decoder(const ModelWeights& weights, Recompute recompute);

  void weights_changed();

  // Fills activations.residual.
  void forward(DecoderActivations<Real>& activations, const PackedBatch& batch, Keep keep);

  // d_residual: (rows, hidden), zero on padding rows; becomes the gradient at the embedding. Adds into
  // gradients. Layers that are computed again overwrite the residual stream.
  void backward(DecoderActivations<Real>& activations, std::span<float> d_residual,
                const Gradients& gradients);

  // Of a micro-batch of so many rows, padded.
  DecoderMemory memory(std::size_t rows) const;

private:
  struct Layer {
    Projection<Real> qkv, attention_output, gate_up, down;
  };
  // Gradients of one layer's activations, and what is computed again.
  struct Scratch {
    Arena arena;
    std::span<float> residual;
    std::span<Real> d_residual, d_branch, d_normed, d_gate_up, d_active, d_qkv, d_attention;
  };

  std::span<const float> vectors() const { return weights_.vectors(); }
  bool norms_after() const { return config_.norm_placement == NormPlacement::before_and_after; }
  AttentionShape attention_shape(std::size_t layer) const;
  void plan(DecoderActivations<Real>& activations, Carver& carver, std::size_t rows, Keep keep) const;
  void plan(LayerActivations<Real>& layer, Carver& carver, std::size_t rows, const Layer& projections) const;
  void plan(Scratch& scratch, Carver& carver, std::size_t rows) const;
  void activate(std::span<Real> active, std::span<const Real> gate_up) const;
  // What a branch adds to the residual stream: itself, or its norm in `room`.
  std::span<const Real> delta_of(std::span<const Real> branch, const NormStatistics& statistics,
                                 const NormSlices& norm, std::span<Real> room) const;
  void attention_half(std::size_t layer, DecoderActivations<Real>& activations);
  void feed_forward_half(std::size_t layer, DecoderActivations<Real>& activations);
  std::span<float> input_of(std::size_t layer, const DecoderActivations<Real>& activations) const;
  void compute_again(std::size_t layer, DecoderActivations<Real>& activations);
  void attention_half_backward(std::size_t layer, const DecoderActivations<Real>& activations,
                               std::span<float> d_residual, const Gradients& gradients);
  void feed_forward_half_backward(std::size_t layer, const DecoderActivations<Real>& activations,
                                  std::span<float> d_residual, const Gradients& gradients);

  ModelWeights weights_;
  Recompute recompute_;
  ModelConfig config_;
  ModelSlices slices_;
  TokenEmbedding embedding_;
  Norm norm_;
  QueryKeyNorm query_key_norm_;
  std::unique_ptr<ProjectionRoom<Real>> room_;
  std::vector<Layer> layers_;
  RopeTables rope_;
  Scratch scratch_;
};

}  // namespace preceptor::engine
