#pragma once

#include "engine/formats/stored_weights.hpp"
#include "engine/parameters.hpp"

namespace preceptor::engine {

// Where generation takes a model's weights from: fp32 parameters, which a training may change, or files as
// they are stored. Borrows either.
class WeightSource {
public:
  // Not explicit: whatever generates takes the one as well as the other.
  WeightSource(const Parameters& parameters) : parameters_(&parameters) {}  // NOLINT
  WeightSource(const StoredWeights& stored) : stored_(&stored) {}           // NOLINT

  const ModelConfig& config() const {
    return parameters_ != nullptr ? parameters_->config() : stored_->config();
  }
  const Parameters* parameters() const { return parameters_; }  // nullptr: they are stored
  const StoredWeights* stored() const { return stored_; }       // nullptr: they are parameters

private:
  const Parameters* parameters_ = nullptr;
  const StoredWeights* stored_ = nullptr;
};

}  // namespace preceptor::engine
