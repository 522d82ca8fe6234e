#pragma once

#include <cstddef>
#include <vector>

#include "engine/parameters.hpp"

namespace preceptor::engine {

// Every parameter of a model in the order of its arena, and where the graph's matrices and vectors lie there.
struct ParameterLayout {
  std::vector<ParameterInfo> list;
  ModelSlices slices;
  std::size_t arena_size = 0;  // floats
};
ParameterLayout parameter_layout(const ModelConfig& config);

}  // namespace preceptor::engine
