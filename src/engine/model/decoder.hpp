#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "engine/kernels/attention.hpp"
#include "engine/kernels/linear.hpp"
#include "engine/model/arena.hpp"
#include "engine/model/batch.hpp"
#include "engine/model/norm.hpp"
#include "engine/model/query_key_norm.hpp"
#include "engine/model/rope_tables.hpp"
#include "engine/model/token_embedding.hpp"
#include "engine/parameters.hpp"

namespace preceptor::engine {

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
};

// Activations of one forward: every layer's for training, one shared set for inference.
template <class Real>
struct DecoderActivations {
  Arena arena;
  BatchRows batch;
  std::vector<LayerActivations<Real>> layers;
  std::span<float> residual;  // (rows, hidden), fp32: after the last layer
  std::span<Real> normed;     // (rows, hidden): the rest serves one half layer after the other
  std::span<Real> active;     // (rows, intermediate)
  std::span<Real> delta;      // (rows, hidden); empty unless norms stand after
};

enum class Keep { nothing, for_backward };

// The stack of layers from tokens to the residual stream, forward and backward. Borrows the parameters.
template <class Real>
class Decoder {
public:
  explicit Decoder(const Parameters& parameters);

  void weights_changed() { forward_packed_ = backward_packed_ = false; }

  // Fills activations.residual.
  void forward(DecoderActivations<Real>& activations, const PackedBatch& batch, Keep keep);

  // d_residual: (rows, hidden), zero on padding rows; becomes the gradient at the embedding. Adds into
  // gradients.
  void backward(const DecoderActivations<Real>& activations, std::span<float> d_residual,
                std::span<float> gradients);

private:
  struct Layer {
    Linear<Real> qkv, attention_output, gate_up, down;
  };
  // Gradients of one layer's activations, and what is computed again.
  struct Scratch {
    Arena arena;
    std::span<float> residual;
    std::span<Real> normed, active, delta;
    std::span<Real> d_residual, d_branch, d_normed, d_gate_up, d_active, d_qkv, d_attention;
  };

  std::span<const float> values() const { return std::as_const(*parameters_).values(); }
  bool norms_after() const { return config_.norm_placement == NormPlacement::before_and_after; }
  AttentionShape attention_shape(std::size_t layer) const;
  void pack_for_forward();
  void pack_for_backward();
  Linear<Real>& forward_ready(Linear<Real>& linear, const LinearSlices& slices);
  void plan(DecoderActivations<Real>& activations, Carver& carver, Keep keep) const;
  void plan(LayerActivations<Real>& layer, Carver& carver, std::size_t rows) const;
  void take_scratch(std::size_t rows);
  void activate(std::span<Real> active, std::span<const Real> gate_up) const;
  // What a branch adds to the residual stream: itself, or its norm in `room`.
  std::span<const Real> delta_of(std::span<const Real> branch, const NormStatistics& statistics,
                                 const NormSlices& norm, std::span<Real> room) const;
  void attention_half(std::size_t layer, DecoderActivations<Real>& activations);
  void feed_forward_half(std::size_t layer, DecoderActivations<Real>& activations);
  void attention_half_backward(std::size_t layer, const DecoderActivations<Real>& activations,
                               std::span<float> d_residual, std::span<float> gradients);
  void feed_forward_half_backward(std::size_t layer, const DecoderActivations<Real>& activations,
                                  std::span<float> d_residual, std::span<float> gradients);
  void linear_backward(Linear<Real>& linear, const LinearSlices& slices, std::span<Real> d_x,
                       std::span<const Real> d_out, std::span<const Real> x, std::span<float> gradients);

  const Parameters* parameters_;
  ModelConfig config_;
  ModelSlices slices_;
  TokenEmbedding embedding_;
  Norm norm_;
  QueryKeyNorm query_key_norm_;
  std::vector<Layer> layers_;
  std::unique_ptr<PackRoom> room_;  // of large models; null: every matrix keeps its packed copies
  RopeTables rope_;
  Scratch scratch_;
  bool forward_packed_ = false;
  bool backward_packed_ = false;
};

}  // namespace preceptor::engine
