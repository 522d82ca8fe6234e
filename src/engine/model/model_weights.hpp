#pragma once

#include <span>
#include <utility>

#include "engine/frozen_weights.hpp"
#include "engine/lora_parameters.hpp"
#include "engine/parameters.hpp"

namespace preceptor::engine {

// What the graph reads: weights that all learn, or frozen ones below an adapter that does. Borrows; cheap to
// copy.
class ModelWeights {
public:
  explicit ModelWeights(const Parameters& parameters) : learning_(&parameters) {}
  ModelWeights(const FrozenWeights& base, const LoraParameters& adapter)
      : frozen_(&base), adapter_(&adapter) {}

  const ModelConfig& config() const { return frozen_ ? frozen_->config() : learning_->config(); }
  ModelSlices slices() const { return frozen_ ? frozen_->slices() : model_slices(learning_->config()); }
  const LoraParameters* adapter() const { return adapter_; }

  // Where the slices of norms and biases lie.
  std::span<const float> vectors() const { return frozen_ ? frozen_->vectors() : learning_->values(); }
  HeldMatrix table(const Slice& slice) const {
    return frozen_ ? frozen_->table(slice) : HeldMatrix{.fp32 = slice.of(learning_->values())};
  }
  HeldMatrix matrix(const Slice& slice) const {
    return frozen_ ? frozen_->matrix(slice) : HeldMatrix{.fp32 = slice.of(learning_->values())};
  }
  std::span<const float> score(const Slice& slice) const {
    return adapter_ ? adapter_->score().of(adapter_->values()) : slice.of(learning_->values());
  }

private:
  const Parameters* learning_ = nullptr;
  const FrozenWeights* frozen_ = nullptr;
  const LoraParameters* adapter_ = nullptr;
};

// Where a backward adds.
struct Gradients {
  std::span<float> tables_and_matrices;  // empty: they are frozen
  std::span<float> vectors;              // of norms and biases; of frozen ones, room that nobody reads
  std::span<float> adapter;              // empty without one

  bool frozen() const { return tables_and_matrices.empty(); }
};

}  // namespace preceptor::engine
