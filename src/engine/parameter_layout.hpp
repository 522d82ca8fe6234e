#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "engine/parameters.hpp"

namespace preceptor::engine {

// Every parameter of a model in order, and where the graph's matrices and vectors lie in the arenas.
struct ParameterLayout {
  std::vector<ParameterInfo> list;
  ModelSlices slices;
  std::array<std::size_t, 3> part_sizes{};  // values, by ArenaPart; with one arena only the first is used

  std::size_t size_of(ArenaPart part) const { return part_sizes[static_cast<std::size_t>(part)]; }
};

enum class Arenas { one, by_part };
ParameterLayout parameter_layout(const ModelConfig& config, Arenas arenas = Arenas::one);

}  // namespace preceptor::engine
