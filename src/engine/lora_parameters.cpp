#include "engine/lora_parameters.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>
#include <utility>

namespace preceptor::engine {

namespace {

constexpr std::string_view weight_ending = ".weight";
constexpr std::string_view a_ending = ".lora_A.weight";
constexpr std::string_view b_ending = ".lora_B.weight";
constexpr std::size_t group_alignment = 16;  // floats of a cache line
constexpr std::int32_t rank_max = 4096;

// "model.layers.0.self_attn.q_proj.weight" → "model.layers.0.self_attn.q_proj".
std::string module_of(const ParameterInfo& matrix) {
  return matrix.name.substr(0, matrix.name.size() - weight_ending.size());
}

std::string last_name(const std::string& module) { return module.substr(module.rfind('.') + 1); }

bool lies_in(const ParameterInfo& info, const Slice& slice) {
  return info.part == ArenaPart::matrices && info.offset >= slice.offset &&
         info.offset < slice.offset + slice.count;
}

}  // namespace

// Lays the factors out, group by group.
struct LoraParameters::Layout {
  const LoraOptions& options;
  std::set<std::string> used;  // of options.targets
  std::vector<ParameterInfo> list;
  std::vector<LoraLayer> layers;
  Slice score;
  std::size_t end = 0;

  bool wants(const std::string& module) {
    if (options.targets.empty()) return true;
    const std::string name = last_name(module);
    if (std::ranges::find(options.targets, name) == options.targets.end()) return false;
    used.insert(name);
    return true;
  }

  void begin_group() { end = (end + group_alignment - 1) / group_alignment * group_alignment; }

  Slice add(std::string name, std::int64_t rows, std::int64_t columns) {
    const auto count = static_cast<std::size_t>(rows * columns);
    list.push_back(
        {.name = std::move(name), .shape = {rows, columns}, .offset = end, .count = count, .decays = true});
    end += count;
    return {list.back().offset, count};
  }

  LoraTargets targets_in(const Slice& stacked, std::span<const ParameterInfo> matrices) {
    LoraTargets targets;
    std::vector<const ParameterInfo*> chosen;
    for (const ParameterInfo& info : matrices) {
      if (lies_in(info, stacked) && wants(module_of(info))) chosen.push_back(&info);
    }
    if (chosen.empty()) return targets;
    begin_group();
    targets.a.offset = end;
    for (const ParameterInfo* info : chosen) {
      targets.a.count += add(module_of(*info) + std::string(a_ending), options.rank, info->shape[1]).count;
    }
    for (const ParameterInfo* info : chosen) {
      begin_group();
      const auto first = (info->offset - stacked.offset) / static_cast<std::size_t>(info->shape[1]);
      targets.parts.push_back(
          {.first_output = static_cast<std::int32_t>(first),
           .outputs = static_cast<std::int32_t>(info->shape[0]),
           .b = add(module_of(*info) + std::string(b_ending), info->shape[0], options.rank)});
    }
    return targets;
  }
};

Result<LoraParameters> LoraParameters::make(const ModelConfig& config, const LoraOptions& options) {
  if (options.rank < 1 || options.rank > rank_max) {
    return refuse(ErrorKind::invalid,
                  "the rank " + std::to_string(options.rank) + " is not between 1 and 4096");
  }
  if (!std::isfinite(options.alpha)) return refuse(ErrorKind::invalid, "alpha is not finite");
  const std::vector<ParameterInfo> matrices = parameter_list(config);
  const ModelSlices slices = model_slices(config);
  Layout layout{.options = options, .used = {}, .list = {}, .layers = {}, .score = {}};
  for (const LayerSlices& layer : slices.layers) {
    layout.layers.push_back({.qkv = layout.targets_in(layer.qkv.weight, matrices),
                             .attention_output = layout.targets_in(layer.attention_output.weight, matrices),
                             .gate_up = layout.targets_in(layer.gate_up.weight, matrices),
                             .down = layout.targets_in(layer.down.weight, matrices)});
  }
  for (const std::string& target : options.targets) {
    if (layout.used.contains(target)) continue;
    std::string known;
    std::set<std::string> names;
    for (const ParameterInfo& info : matrices) {
      if (lies_in(info, {0, SIZE_MAX}) && names.insert(last_name(module_of(info))).second) {
        known += (known.empty() ? "" : ", ") + last_name(module_of(info));
      }
    }
    return refuse(ErrorKind::invalid, "no layer of the model has a matrix '" + target + "'",
                  "It has " + known + ".");
  }
  if (config.label_count > 0) {
    layout.begin_group();
    layout.score = layout.add("score.weight", config.label_count, config.hidden_size);
  }
  layout.begin_group();
  return LoraParameters(std::move(layout), config, options);
}

LoraParameters::LoraParameters(Layout layout, const ModelConfig& config, LoraOptions options)
    : ParameterArena(std::move(layout.list), layout.end),
      config_(config),
      options_(std::move(options)),
      layers_(std::move(layout.layers)),
      score_(layout.score) {}

float LoraParameters::scale() const {
  const auto width = static_cast<float>(options_.rank);
  return options_.alpha / (options_.rank_stabilised ? std::sqrt(width) : width);
}

void LoraParameters::initialise(Random& random) {
  for (const ParameterInfo& info : list()) {
    const std::span<float> tensor = values().subspan(info.offset, info.count);
    if (info.name.ends_with(b_ending)) {
      std::ranges::fill(tensor, 0.0F);
    } else if (info.name.ends_with(a_ending)) {
      const double bound = 1.0 / std::sqrt(static_cast<double>(info.shape[1]));
      for (float& value : tensor) value = static_cast<float>(bound * (2.0 * random.uniform() - 1.0));
    } else {
      const double deviation = 1.0 / std::sqrt(config_.hidden_size + 1.0);
      for (float& value : tensor) value = static_cast<float>(deviation * random.normal());
    }
  }
}

LoraAdapter LoraParameters::adapter() const {
  LoraAdapter adapter{.rank = options_.rank,
                      .alpha = options_.alpha,
                      .rank_stabilised = options_.rank_stabilised,
                      .base_model = {},
                      .targets = {},
                      .score = {}};
  if (const auto score = tensor("score.weight"); !score.empty()) adapter.score = {score.begin(), score.end()};
  for (const ParameterInfo& info : list()) {
    if (!info.name.ends_with(a_ending)) continue;
    const std::string module = info.name.substr(0, info.name.size() - a_ending.size());
    const std::span<const float> a = tensor(info.name);
    const std::span<const float> b = tensor(module + std::string(b_ending));
    adapter.targets.push_back({.weight = module + std::string(weight_ending),
                               .outputs = static_cast<std::int64_t>(b.size()) / options_.rank,
                               .inputs = info.shape[1],
                               .a = {a.begin(), a.end()},
                               .b = {b.begin(), b.end()}});
  }
  return adapter;
}

Result<void> LoraParameters::assign(const LoraAdapter& adapter) {
  const auto targets = static_cast<std::size_t>(
      std::ranges::count_if(list(), [](const ParameterInfo& info) { return info.name.ends_with(a_ending); }));
  if (adapter.rank != options_.rank || adapter.scale() != scale() || adapter.targets.size() != targets) {
    return refuse(ErrorKind::conflict, "the adapter has another rank, scale or number of targets");
  }
  if (adapter.score.size() != score_.count) {
    return refuse(ErrorKind::conflict, "the adapter has another score head, or none");
  }
  std::ranges::copy(adapter.score, tensor("score.weight").begin());
  for (const LoraTarget& target : adapter.targets) {
    const std::string module = target.weight.substr(0, target.weight.size() - weight_ending.size());
    const std::span<float> a = tensor(module + std::string(a_ending));
    const std::span<float> b = tensor(module + std::string(b_ending));
    if (a.size() != target.a.size() || b.size() != target.b.size()) {
      return refuse(ErrorKind::conflict, "the adapter's '" + target.weight + "' is no target here");
    }
    std::ranges::copy(target.a, a.begin());
    std::ranges::copy(target.b, b.begin());
  }
  return {};
}

}  // namespace preceptor::engine
