#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/kernels/aligned.hpp"
#include "engine/parameter_arena.hpp"

namespace preceptor::engine {

struct AdamWOptions {
  float beta1 = 0.9F;
  float beta2 = 0.999F;
  float epsilon = 1e-8F;
  float weight_decay = 0.0F;
  float gradient_norm_max = 1.0F;  // 0: no clipping
  int threads = 0;                 // 0: hardware threads
};

// AdamW (arXiv 1711.05101) as in PyTorch, with clipping by the global norm folded into the same pass. Decay
// applies to matrices only. The moments have the parameters' layout. The norm is summed in fixed blocks: same
// bits for any number of threads.
class AdamW {
public:
  AdamW(const ParameterArena& parameters, AdamWOptions options);

  // Returns the gradients' norm before clipping. A norm that is not finite leaves everything as it was.
  float step(ParameterArena& parameters, std::span<const float> gradients, float learning_rate);

  const AdamWOptions& options() const { return options_; }
  std::span<float> first_moment() { return first_moment_.span(); }
  std::span<float> second_moment() { return second_moment_.span(); }
  std::span<const float> first_moment() const { return first_moment_.span(); }
  std::span<const float> second_moment() const { return second_moment_.span(); }

  std::int64_t step_count = 0;  // restored with the moments on resume

private:
  // A piece of one tensor: what one thread updates at a time.
  struct Stretch {
    std::size_t begin, end;
    bool decays;
  };

  AdamWOptions options_;
  std::vector<Stretch> stretches_;
  AlignedArray<float> first_moment_;
  AlignedArray<float> second_moment_;
};

}  // namespace preceptor::engine
