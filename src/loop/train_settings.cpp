#include "loop/train_settings.hpp"

#include "base/format.hpp"

namespace preceptor::loop {
namespace {

struct Setting {
  std::string_view name;
  double low;
  double high;
  double nano;   // default below 50 million weights
  double large;  // default from there on
};

constexpr Setting shared_settings[] = {
    {"batch_examples", 1, 4096, 16, 16},
    {"epochs", 1, 100, 1, 1},
    {"steps", 0, 1e6, 0, 0},
    {"warmup_steps", 0, 1e5, 5, 20},
    {"weight_decay", 0, 1, 0, 0},
    {"gradient_norm_max", 0.01, 1e6, 1, 1},
    {"microbatch_tokens", 64, 1 << 20, 4096, 4096},  // whose activations are held at once
    {"recompute", 0, 1, 0, 0},                       // 1: layers twice, for a fraction of their memory
    {"lora_rank", 0, 4096, 0, 0},                    // 0: every weight learns
    {"lora_alpha", 0, 1e6, 0, 0},                    // 0: twice the rank
    {"lora_rank_stabilised", 0, 1, 0, 0},
    {"base_bits", 8, 16, 16, 16},  // of the frozen weights below an adapter: 8 or 16
};
// An adapter starts at zero and has few weights: it learns at a higher rate than the whole model.
constexpr double adapter_rate_nano = 3;
constexpr double adapter_rate_large = 10;
constexpr Setting sft_settings[] = {{"learning_rate", 1e-8, 0.1, 3e-4, 2e-5}};
constexpr Setting reward_settings[] = {{"learning_rate", 1e-8, 0.1, 3e-4, 1e-5},
                                       {"centring", 0, 10, 0.01, 0.01},
                                       {"held_out", 0, 0.5, 0.1, 0.1}};
constexpr Setting dpo_settings[] = {{"learning_rate", 1e-8, 0.1, 2e-4, 5e-7},
                                    {"beta", 1e-4, 100, 0.1, 0.1},
                                    {"label_smoothing", 0, 0.49, 0, 0}};

std::vector<Setting> settings_of(Objective objective) {
  std::vector<Setting> all(std::begin(shared_settings), std::end(shared_settings));
  const auto add = [&](const auto& more) { all.insert(all.end(), std::begin(more), std::end(more)); };
  if (objective == Objective::sft) add(sft_settings);
  if (objective == Objective::reward) add(reward_settings);
  if (objective == Objective::dpo) add(dpo_settings);
  return all;
}

}  // namespace

Result<std::map<std::string, double>> complete_settings(Objective objective,
                                                        const std::map<std::string, double>& given,
                                                        std::int64_t parameters) {
  const bool nano = parameters > 0 && parameters < 50'000'000;
  const auto rank = given.find("lora_rank");
  const bool adapts = rank != given.end() && rank->second > 0;
  std::map<std::string, double> complete;
  std::string known;
  for (const Setting& setting : settings_of(objective)) {
    const auto found = given.find(std::string(setting.name));
    double value = found == given.end() ? (nano ? setting.nano : setting.large) : found->second;
    if (found == given.end() && adapts && setting.name == "learning_rate") {
      value *= nano ? adapter_rate_nano : adapter_rate_large;
    }
    if (!(value >= setting.low && value <= setting.high))
      return refuse(ErrorKind::invalid,
                    fmt::format("{} must be between {} and {}.", setting.name, setting.low, setting.high), "",
                    fmt::format("/settings/{}", setting.name));
    complete.emplace(setting.name, value);
    known += fmt::format("{}{}", known.empty() ? "" : ", ", setting.name);
  }
  for (const auto& [name, value] : given)
    if (!complete.contains(name))
      return refuse(ErrorKind::invalid, fmt::format("{} has no setting {}.", name_of(objective), name),
                    fmt::format("Its settings are {}.", known), fmt::format("/settings/{}", name));
  return complete;
}

}  // namespace preceptor::loop
