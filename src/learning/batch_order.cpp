#include "learning/batch_order.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/format.hpp"
#include "base/random.hpp"

namespace preceptor::learning {

BatchOrder::BatchOrder(std::vector<std::int64_t> tokens_of, const TrainingOptions& options)
    : tokens_of_(std::move(tokens_of)), options_(options) {
  go_to({});
}

std::vector<std::size_t> BatchOrder::order_of(std::int64_t epoch) const {
  std::vector<std::size_t> order(tokens_of_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (options_.order == ExampleOrder::shuffled) {
    Random random = Random(options_.seed).fork(format("order of epoch {}", epoch));
    random.shuffle(order);
  }
  return order;
}

std::size_t BatchOrder::batch_end(const std::vector<std::size_t>& order, std::size_t begin) const {
  if (options_.batch_tokens <= 0) {
    return std::min(order.size(), begin + static_cast<std::size_t>(options_.batch_examples));
  }
  std::size_t end = begin;
  for (std::int64_t tokens = 0; end < order.size(); ++end) {
    tokens += tokens_of_[order[end]];
    if (tokens > options_.batch_tokens && end > begin) break;
  }
  return end;
}

void BatchOrder::go_to(BatchPosition position) {
  position_ = position;
  order_ = order_of(position.epoch);
}

std::vector<std::size_t> BatchOrder::next() {
  if (position_.offset >= order_.size()) go_to({position_.epoch + 1, 0});
  const std::size_t end = batch_end(order_, position_.offset);
  const auto at = [&](std::size_t offset) { return order_.begin() + static_cast<std::ptrdiff_t>(offset); };
  std::vector<std::size_t> batch(at(position_.offset), at(end));
  position_.offset = end;
  return batch;
}

std::int64_t BatchOrder::steps_total() const {
  if (options_.steps > 0) return options_.steps;
  std::int64_t steps = 0;
  for (std::int64_t epoch = 0; epoch < options_.epochs; ++epoch) {
    const auto order = order_of(epoch);
    for (std::size_t begin = 0; begin < order.size(); begin = batch_end(order, begin)) ++steps;
  }
  return steps;
}

}  // namespace preceptor::learning
