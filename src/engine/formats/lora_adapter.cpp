#include "engine/formats/lora_adapter.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "engine/kernels/parallel.hpp"

namespace preceptor::engine {
namespace {

constexpr std::size_t rows_per_part = 16;
constexpr std::int32_t rank_max = 4096;

bool all_finite(std::span<const float> values) {
  return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

// Embeddings and heads share weights or are looked up by row: adapting them is another affair.
bool is_layer_matrix(const ParameterInfo& info) {
  const bool in_layer =
      info.name.find(".layers.") != std::string::npos || info.name.find(".h.") != std::string::npos;
  return in_layer && info.shape.size() == 2;
}

Result<void> check_target(const LoraTarget& target, std::int32_t rank, const ParameterInfo* info) {
  const std::string who = "the adapter of '" + target.weight + "'";
  if (info == nullptr) return refuse(ErrorKind::invalid, who + ": the model has no such weight");
  if (!is_layer_matrix(*info)) {
    return refuse(ErrorKind::unsupported, who + ": only matrices inside layers can be adapted");
  }
  if (target.outputs != info->shape[0] || target.inputs != info->shape[1]) {
    return refuse(ErrorKind::invalid,
                  who + " is for a matrix of " + std::to_string(target.outputs) + " by " +
                      std::to_string(target.inputs) + ", the model's is of " +
                      std::to_string(info->shape[0]) + " by " + std::to_string(info->shape[1]),
                  "The adapter was trained on another model.");
  }
  const auto width = static_cast<std::size_t>(rank);
  if (target.a.size() != width * static_cast<std::size_t>(target.inputs) ||
      target.b.size() != static_cast<std::size_t>(target.outputs) * width) {
    return refuse(ErrorKind::invalid, who + " does not have the rank " + std::to_string(rank));
  }
  if (!all_finite(target.a) || !all_finite(target.b)) {
    return refuse(ErrorKind::invalid, who + " holds a value that is not finite");
  }
  return {};
}

}  // namespace

float LoraAdapter::scale() const {
  const auto width = static_cast<float>(rank);
  return alpha / (rank_stabilised ? std::sqrt(width) : width);
}

Result<void> check(const LoraAdapter& adapter, const ModelConfig& config) {
  if (adapter.rank < 1 || adapter.rank > rank_max) {
    return refuse(ErrorKind::invalid,
                  "the rank " + std::to_string(adapter.rank) + " is not between 1 and 4096");
  }
  if (!std::isfinite(adapter.alpha)) return refuse(ErrorKind::invalid, "the adapter's alpha is not finite");
  const std::vector<ParameterInfo> list = parameter_list(config);
  std::map<std::string_view, const ParameterInfo*> by_name;
  for (const ParameterInfo& info : list) by_name.emplace(info.name, &info);
  const auto score_size =
      static_cast<std::size_t>(config.label_count) * static_cast<std::size_t>(config.hidden_size);
  if (!adapter.score.empty() && adapter.score.size() != score_size) {
    return refuse(ErrorKind::invalid, "the adapter's score head does not fit the model",
                  "The adapter was trained on another model.");
  }
  if (!all_finite(adapter.score)) {
    return refuse(ErrorKind::invalid, "the adapter's score head holds a value that is not finite");
  }
  std::set<std::string_view> seen;
  for (const LoraTarget& target : adapter.targets) {
    if (!seen.insert(target.weight).second) {
      return refuse(ErrorKind::invalid, "'" + target.weight + "' is adapted twice");
    }
    const auto found = by_name.find(target.weight);
    auto fits = check_target(target, adapter.rank, found == by_name.end() ? nullptr : found->second);
    if (!fits) return fits;
  }
  return {};
}

void merge(Parameters& parameters, const LoraAdapter& adapter) {
  if (!adapter.score.empty()) std::ranges::copy(adapter.score, parameters.tensor("score.weight").begin());
  const float scale = adapter.scale();
  const auto rank = static_cast<std::size_t>(adapter.rank);
  for (const LoraTarget& target : adapter.targets) {
    const std::span<float> weights = parameters.tensor(target.weight);
    const auto inputs = static_cast<std::size_t>(target.inputs);
    const auto outputs = static_cast<std::size_t>(target.outputs);
    parallel_blocks(outputs, rows_per_part, [&](std::size_t begin, std::size_t end) {
      for (std::size_t row = begin; row < end; ++row) {
        float* out = &weights[row * inputs];
        for (std::size_t part = 0; part < rank; ++part) {
          const float factor = scale * target.b[row * rank + part];
          const float* from = &target.a[part * inputs];
          for (std::size_t column = 0; column < inputs; ++column) out[column] += factor * from[column];
        }
      }
    });
  }
}

}  // namespace preceptor::engine
