#pragma once

#include <cstdint>
#include <vector>

#include "base/random.hpp"
#include "engine/parameters.hpp"

namespace preceptor::engine {

// Random weights, wide enough that the next token is neither certain nor uniform.
inline Parameters random_model(std::int32_t context_length_max = 160, std::int32_t vocabulary_size = 50) {
  Parameters parameters({.vocabulary_size = vocabulary_size,
                         .hidden_size = 24,
                         .intermediate_size = 40,
                         .layer_count = 2,
                         .head_count = 4,
                         .kv_head_count = 2,
                         .head_dim = 6,
                         .context_length_max = context_length_max});
  Random random(3);
  for (const ParameterInfo& info : parameters.list()) {
    for (float& value : parameters.tensor(info.name)) {
      value = info.decays ? static_cast<float>(random.normal()) * 0.4F
                          : 0.5F + static_cast<float>(random.uniform());
    }
  }
  return parameters;
}

inline std::vector<std::int32_t> random_ids(std::uint64_t seed, std::size_t count,
                                            std::int32_t vocabulary_size = 50) {
  Random random(seed);
  std::vector<std::int32_t> ids(count);
  for (auto& id : ids)
    id = static_cast<std::int32_t>(random.below(static_cast<std::uint64_t>(vocabulary_size)));
  return ids;
}

}  // namespace preceptor::engine
