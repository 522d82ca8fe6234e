#pragma once

#include <string>

#include "engine/frozen_weights.hpp"
#include "engine/lora_parameters.hpp"
#include "engine/model/model_weights.hpp"
#include "engine/model/network.hpp"
#include "engine/parameters.hpp"

namespace preceptor::engine {

// A model that learns, whole or through an adapter over a frozen base. Borrows; cheap to copy.
class Trainee {
public:
  Trainee(Parameters& parameters) : whole_(&parameters) {}  // implicit: training takes plain Parameters too
  Trainee(const FrozenWeights& base, LoraParameters& adapter) : base_(&base), adapter_(&adapter) {}

  const ModelConfig& config() const { return whole_ ? whole_->config() : base_->config(); }

  // What an optimiser changes; gradients have its layout.
  ParameterArena& learned() const;
  const FrozenWeights* base() const { return base_; }  // null when everything learns
  const LoraParameters* adapter() const { return adapter_; }

  ModelWeights weights() const { return whole_ ? ModelWeights(*whole_) : ModelWeights(*base_, *adapter_); }
  Network network(const NetworkOptions& options) const;

  // Tells apart what can be resumed into one another: architecture, and rank, scale and targets of an
  // adapter.
  std::string identity() const;

private:
  Parameters* whole_ = nullptr;
  const FrozenWeights* base_ = nullptr;
  LoraParameters* adapter_ = nullptr;
};

}  // namespace preceptor::engine
