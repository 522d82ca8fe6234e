#include "engine/parameters.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "engine/parameter_layout.hpp"

namespace preceptor::engine {

namespace {

bool writes_to_residual(const std::string& name) {
  return name.ends_with("o_proj.weight") || name.ends_with("down_proj.weight") ||
         name.ends_with("c_proj.weight");
}

}  // namespace

std::vector<std::int64_t> ParameterInfo::stored_shape() const {
  return stored_transposed ? std::vector(shape.rbegin(), shape.rend()) : shape;
}

std::vector<ParameterInfo> parameter_list(const ModelConfig& config) { return parameter_layout(config).list; }

std::size_t parameter_arena_size(const ModelConfig& config) { return parameter_layout(config).arena_size; }

ModelSlices model_slices(const ModelConfig& config) { return parameter_layout(config).slices; }

Parameters::Parameters(const ModelConfig& config)
    : config_(config), list_(parameter_list(config)), arena_(parameter_arena_size(config)) {}

Parameters Parameters::clone() const {
  Parameters copy(config_);
  std::ranges::copy(values(), copy.values().begin());
  return copy;
}

std::size_t Parameters::count() const {
  return std::accumulate(list_.begin(), list_.end(), std::size_t{0},
                         [](std::size_t sum, const ParameterInfo& info) { return sum + info.count; });
}

std::span<float> Parameters::tensor(std::string_view name) {
  const auto found = std::ranges::find(list_, name, &ParameterInfo::name);
  return found == list_.end() ? std::span<float>{} : values().subspan(found->offset, found->count);
}

std::span<const float> Parameters::tensor(std::string_view name) const {
  const auto found = std::ranges::find(list_, name, &ParameterInfo::name);
  return found == list_.end() ? std::span<const float>{} : values().subspan(found->offset, found->count);
}

void Parameters::initialise(Random& random) {
  constexpr double deviation = 0.02;
  for (const ParameterInfo& info : list_) {
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
