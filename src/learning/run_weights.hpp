#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "base/result.hpp"
#include "engine/model/trainee.hpp"

namespace preceptor::learning {

// A run that trains a low-rank adapter instead of all weights.
struct Adaptation {
  engine::LoraOptions lora;
  engine::FrozenType base = engine::FrozenType::bf16;  // what the model's own weights are held in meanwhile
};

// The weights of one run, from what it starts with to what it leaves behind.
class RunWeights {
public:
  // With an adaptation, `start` is rounded into its frozen base and given up. Refuses what
  // LoraParameters::make refuses.
  static Result<RunWeights> make(engine::Parameters start, const std::optional<Adaptation>& adaptation,
                                 std::uint64_t seed);

  // The same, straight from files: the fp32 weights of the base never stand in memory. config: of the stored
  // model, or of a classifier made of it with a fresh score head.
  static Result<RunWeights> adapted(const engine::StoredWeights& start, const engine::ModelConfig& config,
                                    const Adaptation& adaptation, std::uint64_t seed);

  engine::Trainee trainee();
  std::size_t count() const;                      // weights of the model, an adapter's aside
  const engine::LoraParameters* adapter() const;  // null when everything learns

  // The trained model, whole. start_again gives the weights that the run began with once more, exactly: what
  // an adapter learned is added to them, not to their rounded copies. It is not called when everything
  // learns.
  Result<engine::Parameters> finished(const std::function<Result<engine::Parameters>()>& start_again) &&;

private:
  struct Adapted {
    engine::FrozenWeights base;
    engine::LoraParameters adapter;
  };
  RunWeights() = default;

  std::optional<engine::Parameters> whole_;
  std::optional<Adapted> adapted_;
};

}  // namespace preceptor::learning
