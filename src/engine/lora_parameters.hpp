#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"
#include "engine/config.hpp"
#include "engine/formats/lora_adapter.hpp"
#include "engine/parameter_arena.hpp"
#include "engine/parameters.hpp"

namespace preceptor::engine {

// Which matrices of the layers get a low-rank addition, and of which size (https://arxiv.org/abs/2106.09685).
struct LoraOptions {
  std::int32_t rank = 16;
  float alpha = 32;
  bool rank_stabilised = false;      // scale = alpha / sqrt(rank) (https://arxiv.org/abs/2312.03732)
  std::vector<std::string> targets;  // last part of a matrix's name: "q_proj"; none: every matrix of a layer
};

// The factors of the matrices that the graph stacks into one. `a` lies stacked too: (targets * rank, inputs).
struct LoraTargets {
  struct Part {
    std::int32_t first_output = 0;  // in the stacked matrix
    std::int32_t outputs = 0;
    Slice b;  // (outputs, rank)
  };
  Slice a;
  std::vector<Part> parts;

  bool empty() const { return parts.empty(); }
};

struct LoraLayer {
  LoraTargets qkv, attention_output, gate_up, down;
};

// What learns of an adapted model: the factors of all targets, and the score head of a reward model, whole.
class LoraParameters : public ParameterArena {
public:
  // Refuses a rank outside 1 … 4096, an alpha that is not finite, and targets that no layer has.
  static Result<LoraParameters> make(const ModelConfig& config, const LoraOptions& options);

  const ModelConfig& config() const { return config_; }
  const LoraOptions& options() const { return options_; }
  float scale() const;
  const LoraLayer& layer(std::size_t index) const { return layers_[index]; }
  const Slice& score() const { return score_; }  // (label_count, hidden); empty for language models

  // A uniform in ±1 / sqrt(inputs), B zero, as PEFT starts: the adapted model then is the base. The score
  // head as Parameters::initialise has it. Same bits for the same random state.
  void initialise(Random& random);

  // The factors as files hold them.
  LoraAdapter adapter() const;
  // Goes on from such factors. Refuses (conflict) those of other targets, rank or scale.
  Result<void> assign(const LoraAdapter& adapter);

private:
  struct Layout;
  LoraParameters(Layout layout, const ModelConfig& config, LoraOptions options);

  ModelConfig config_;
  LoraOptions options_;
  std::vector<LoraLayer> layers_;
  Slice score_;
};

}  // namespace preceptor::engine
