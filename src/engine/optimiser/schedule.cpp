#include "engine/optimiser/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace preceptor::engine {

float Schedule::at(std::int64_t step) const {
  if (step < warmup_steps) {
    return learning_rate_max * static_cast<float>(step + 1) / static_cast<float>(warmup_steps);
  }
  if (shape == constant) return learning_rate_max;
  const auto length = static_cast<double>(std::max<std::int64_t>(1, total_steps - warmup_steps));
  const double progress = std::clamp(static_cast<double>(step - warmup_steps) / length, 0.0, 1.0);
  const double left = shape == linear ? 1.0 - progress : 0.5 * (1.0 + std::cos(std::numbers::pi * progress));
  return learning_rate_min + static_cast<float>((learning_rate_max - learning_rate_min) * left);
}

}  // namespace preceptor::engine
