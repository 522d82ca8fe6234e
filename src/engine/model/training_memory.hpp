#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "engine/model/trainee.hpp"

namespace preceptor::engine {

// Bytes that a training will take beside the weights, which are in memory already. Worked out from the shapes
// before anything is allocated; what the libraries keep for themselves is not in it.
struct TrainingMemory {
  std::size_t gradients_and_moments = 0;
  std::size_t packed_weights = 0;
  std::size_t activations = 0;  // of one micro-batch, those of the backward included
  std::size_t logits = 0;       // the head's chunk of logits and their gradients

  std::size_t total() const { return gradients_and_moments + packed_weights + activations + logits; }
};

// rows: tokens of the largest micro-batch.
TrainingMemory training_memory(const Trainee& trainee, const NetworkOptions& options, std::size_t rows);

}  // namespace preceptor::engine
