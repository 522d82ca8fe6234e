#pragma once

#include <cstdint>

namespace preceptor::engine {

// Learning rate by step: linear warm-up from 0 over warmup_steps, then constant, a straight line, or half a
// cosine down to learning_rate_min at total_steps.
struct Schedule {
  enum Shape { constant, linear, cosine };

  Shape shape = constant;
  float learning_rate_max = 1e-3F;
  std::int64_t warmup_steps = 0;
  std::int64_t total_steps = 1;
  float learning_rate_min = 0.0F;

  // step counts from 0: the rate for the step about to be taken. Step 0 of a warm-up is already above 0.
  float at(std::int64_t step) const;
};

}  // namespace preceptor::engine
