#include "learning/run_weights.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/random.hpp"

namespace preceptor::learning {

namespace {

Result<engine::LoraParameters> fresh_adapter(const engine::ModelConfig& config, const Adaptation& adaptation,
                                             std::uint64_t seed) {
  auto adapter = engine::LoraParameters::make(config, adaptation.lora);
  if (!adapter) return adapter;
  Random random = Random(seed).fork("adapter");
  adapter->initialise(random);
  return adapter;
}

}  // namespace

Result<RunWeights> RunWeights::make(engine::Parameters start, const std::optional<Adaptation>& adaptation,
                                    std::uint64_t seed) {
  RunWeights weights;
  if (!adaptation) {
    weights.whole_.emplace(std::move(start));
    return weights;
  }
  auto adapter = fresh_adapter(start.config(), *adaptation, seed);
  if (!adapter) return tl::unexpected(adapter.error());
  if (const auto score = start.tensor("score.weight"); !score.empty()) {
    std::ranges::copy(score, adapter->tensor("score.weight").begin());
  }
  weights.adapted_.emplace(Adapted{engine::FrozenWeights(start, adaptation->base), *std::move(adapter)});
  return weights;
}

Result<RunWeights> RunWeights::adapted(const engine::StoredWeights& start, const engine::ModelConfig& config,
                                       const Adaptation& adaptation, std::uint64_t seed) {
  auto adapter = fresh_adapter(config, adaptation, seed);
  if (!adapter) return tl::unexpected(adapter.error());
  RunWeights weights;
  weights.adapted_.emplace(
      Adapted{engine::FrozenWeights(start, config, adaptation.base), *std::move(adapter)});
  return weights;
}

engine::Trainee RunWeights::trainee() {
  return whole_ ? engine::Trainee(*whole_) : engine::Trainee(adapted_->base, adapted_->adapter);
}

std::size_t RunWeights::count() const {
  if (whole_) return whole_->count();
  const auto list = adapted_->base.list();
  return std::accumulate(list.begin(), list.end(), std::size_t{0},
                         [](std::size_t sum, const auto& info) { return sum + info.count; });
}

const engine::LoraParameters* RunWeights::adapter() const { return adapted_ ? &adapted_->adapter : nullptr; }

Result<engine::Parameters> RunWeights::finished(
    const std::function<Result<engine::Parameters>()>& start_again) && {
  if (whole_) return *std::move(whole_);
  auto parameters = start_again();
  if (!parameters) return parameters;
  engine::merge(*parameters, adapted_->adapter.adapter());
  return parameters;
}

}  // namespace preceptor::learning
