#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "engine/config.hpp"
#include "engine/kernels/aligned.hpp"

namespace preceptor::engine {

enum class ParameterRole { matrix, gain, bias };

struct ParameterInfo {
  std::string name;                 // as Hugging Face names it
  std::vector<std::int64_t> shape;  // in the arena; a linear layer's is (outputs, inputs)
  ParameterRole role = ParameterRole::matrix;
  bool stored_transposed = false;  // Hugging Face files hold (inputs, outputs)
  std::size_t offset = 0;          // in floats, into Parameters::values() and Network::gradients()
  std::size_t count = 0;
  bool decays = false;  // matrices decay, gains and biases do not

  std::vector<std::int64_t> stored_shape() const;
};

// In the order of the arena. Within a layer q_proj, k_proj, v_proj are contiguous, and so are gate_proj,
// up_proj, and likewise their biases: each group is one matrix (rows of outputs stacked) for the matrix
// products.
std::vector<ParameterInfo> parameter_list(const ModelConfig& config);

// Floats in the arena, padding between groups included (padding stays zero).
std::size_t parameter_arena_size(const ModelConfig& config);

struct Slice {
  std::size_t offset = 0;
  std::size_t count = 0;

  template <class T>
  std::span<T> of(std::span<T> arena) const {
    return arena.subspan(offset, count);
  }
};

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

// fp32 master weights in one arena, 64-byte aligned. Movable; copying is explicit.
class Parameters {
public:
  explicit Parameters(const ModelConfig& config);  // all zero
  Parameters(Parameters&&) noexcept = default;
  Parameters& operator=(Parameters&&) noexcept = default;
  Parameters clone() const;

  const ModelConfig& config() const { return config_; }
  std::span<const ParameterInfo> list() const { return list_; }
  std::size_t count() const;  // parameters, without padding

  std::span<float> values() { return arena_.span(); }
  std::span<const float> values() const { return arena_.span(); }
  std::span<float> tensor(std::string_view name);  // empty when there is no such tensor
  std::span<const float> tensor(std::string_view name) const;

  // Normal(0, 0.02) for matrices, with 1 / sqrt(2 * layers) on those that write to the residual stream
  // (GPT-2); Normal(0, 1 / sqrt(hidden + 1)) for the score head; gains that multiply by one; zero biases.
  // Same bits for the same random state.
  void initialise(Random& random);

private:
  ModelConfig config_;
  std::vector<ParameterInfo> list_;
  AlignedArray<float> arena_;
};

}  // namespace preceptor::engine
