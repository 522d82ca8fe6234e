#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "learning/training.hpp"

namespace preceptor::learning {

struct BatchPosition {
  std::int64_t epoch = 0;
  std::size_t offset = 0;  // into the epoch's order
};

// Which examples each step takes: a permutation per epoch that follows from seed and epoch alone, cut into
// batches of so many examples or so many tokens, the last one of an epoch smaller.
class BatchOrder {
public:
  BatchOrder(std::vector<std::int64_t> tokens_of, const TrainingOptions& options);

  std::vector<std::size_t> next();

  BatchPosition position() const { return position_; }
  void go_to(BatchPosition position);

  // As many as the options ask for, or as their epochs take.
  std::int64_t steps_total() const;

private:
  std::vector<std::size_t> order_of(std::int64_t epoch) const;
  std::size_t batch_end(const std::vector<std::size_t>& order, std::size_t begin) const;

  std::vector<std::int64_t> tokens_of_;
  TrainingOptions options_;
  BatchPosition position_;
  std::vector<std::size_t> order_;  // of position_.epoch
};

}  // namespace preceptor::learning
