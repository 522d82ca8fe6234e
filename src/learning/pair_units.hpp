#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/hash.hpp"
#include "base/result.hpp"
#include "engine/config.hpp"
#include "learning/examples.hpp"

namespace preceptor::learning {

// Preference examples as units of training: those with weight, borrowed.
struct PairUnits {
  std::vector<const PreferenceExample*> pairs;
  std::int64_t left_out = 0;

  // Rows in the network: the prompt goes through it once.
  static std::int64_t tokens(const PreferenceExample& pair);
  void describe(Sha256& hash) const;
};

// Refuses (invalid) pairs that do not fit the model, empty answers, probabilities outside [0, 1], and weights
// or margins that are negative or not finite.
Result<PairUnits> pair_units(const engine::ModelConfig& config, std::span<const PreferenceExample> examples);

}  // namespace preceptor::learning
