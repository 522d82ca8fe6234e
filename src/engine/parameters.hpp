#pragma once

#include <cstddef>
#include <vector>

#include "base/random.hpp"
#include "engine/config.hpp"
#include "engine/parameter_arena.hpp"

namespace preceptor::engine {

// In the order of the arena. Within a layer q_proj, k_proj, v_proj are contiguous, and so are gate_proj,
// up_proj, and likewise their biases: each group is one matrix (rows of outputs stacked) for the matrix
// products.
std::vector<ParameterInfo> parameter_list(const ModelConfig& config);

// Floats in the arena, padding between groups included (padding stays zero).
std::size_t parameter_arena_size(const ModelConfig& config);

struct NormSlices {
  Slice gain;  // (width)
  Slice bias;  // (width); empty without
};

struct LinearSlices {
  Slice weight;  // (outputs, inputs)
  Slice bias;    // (outputs); empty without
};

struct LayerSlices {
  NormSlices input_norm;  // (hidden)
  LinearSlices qkv;       // (query_width + 2 * key_width, hidden)
  Slice query_norm;       // (head_dim); empty without
  Slice key_norm;
  LinearSlices attention_output;     // (hidden, query_width)
  NormSlices attention_output_norm;  // (hidden); empty unless norms stand after too
  NormSlices feed_forward_norm;      // (hidden): before the feed-forward
  LinearSlices gate_up;  // (2 * intermediate, hidden): gate rows, then up rows; or (intermediate, hidden)
  LinearSlices down;     // (hidden, intermediate)
  NormSlices down_norm;  // (hidden); empty unless norms stand after too
};

// Where each matrix lies in an arena with the parameters' layout (values, gradients, moments).
struct ModelSlices {
  Slice embedding;  // (vocabulary, hidden)
  Slice positions;  // (context_length_max, hidden); empty unless positions are learned
  std::vector<LayerSlices> layers;
  NormSlices final_norm;  // (hidden)
  Slice head;   // (vocabulary, hidden): the embedding's slice when tied; empty for untied classification
  Slice score;  // (label_count, hidden); empty for language models
};
ModelSlices model_slices(const ModelConfig& config);

// A model's fp32 master weights.
class Parameters : public ParameterArena {
public:
  explicit Parameters(const ModelConfig& config);  // all zero
  Parameters clone() const;

  const ModelConfig& config() const { return config_; }

  // Normal(0, 0.02) for matrices, with 1 / sqrt(2 * layers) on those that write to the residual stream
  // (GPT-2); Normal(0, 1 / sqrt(hidden + 1)) for the score head; gains that multiply by one; zero biases.
  // Same bits for the same random state.
  void initialise(Random& random);

private:
  ModelConfig config_;
};

}  // namespace preceptor::engine
