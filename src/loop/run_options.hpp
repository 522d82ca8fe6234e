// A run's settings by name as the training loop takes them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "learning/run_weights.hpp"
#include "learning/training.hpp"

namespace preceptor::loop {

// settings: complete ones, of complete_settings.
learning::TrainingOptions training_options(const std::map<std::string, double>& settings, std::uint64_t seed,
                                           int threads);

// Nothing when every weight learns (lora_rank 0).
std::optional<learning::Adaptation> adaptation_of(const std::map<std::string, double>& settings);

}  // namespace preceptor::loop
