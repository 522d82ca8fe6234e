#include "engine/parameters.hpp"

#include <algorithm>
#include <cmath>

#include "engine/parameter_layout.hpp"

namespace preceptor::engine {

namespace {

bool writes_to_residual(const std::string& name) {
  return name.ends_with("o_proj.weight") || name.ends_with("down_proj.weight") ||
         name.ends_with("c_proj.weight");
}

}  // namespace

std::vector<ParameterInfo> parameter_list(const ModelConfig& config) { return parameter_layout(config).list; }

std::size_t parameter_arena_size(const ModelConfig& config) {
  return parameter_layout(config).part_sizes.front();
}

ModelSlices model_slices(const ModelConfig& config) { return parameter_layout(config).slices; }

Parameters::Parameters(const ModelConfig& config)
    : ParameterArena(parameter_list(config), parameter_arena_size(config)), config_(config) {}

Parameters Parameters::clone() const {
  Parameters copy(config_);
  std::ranges::copy(values(), copy.values().begin());
  return copy;
}

void Parameters::initialise(Random& random) {
  constexpr double deviation = 0.02;
  for (const ParameterInfo& info : list()) {
    const std::span<float> tensor = values().subspan(info.offset, info.count);
    if (info.role != ParameterRole::matrix) {
      const bool one = info.role == ParameterRole::gain && config_.norm != NormKind::rms_plus_one;
      std::ranges::fill(tensor, one ? 1.0F : 0.0F);
      continue;
    }
    double scale = deviation;
    if (writes_to_residual(info.name)) scale /= std::sqrt(2.0 * config_.layer_count);
    if (info.name == "score.weight") scale = 1.0 / std::sqrt(config_.hidden_size + 1.0);
    for (float& value : tensor) value = static_cast<float>(scale * random.normal());
  }
}

}  // namespace preceptor::engine
