#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "base/hash.hpp"
#include "engine/model/network.hpp"

namespace preceptor::learning {

// Of one optimiser step: sums that are already divided by the weight of the whole batch.
struct BatchTotals {
  double loss = 0;
  std::map<std::string, double> metrics;
};

// What a way of learning brings to the training loop. Its units are indexed from 0; none has weight 0.
struct Objective {
  virtual ~Objective() = default;

  virtual std::size_t unit_count() const = 0;
  virtual std::int64_t tokens(std::size_t unit) const = 0;  // rows it takes in the network
  virtual double weight(std::size_t unit) const = 0;        // its share in the batch's mean

  // Before the first step, on the weights as they were handed in.
  virtual void prepare(engine::Network& /*network*/) {}

  // Adds the gradient of Σ over units of weight·loss / batch_weight to the network's, and the same of loss
  // and metrics to totals. Called once for each part of a batch.
  virtual void accumulate(engine::Network& network, std::span<const std::size_t> units, double batch_weight,
                          BatchTotals& totals) = 0;

  // Metrics that are made of the whole batch's sums.
  virtual void finish(BatchTotals& /*totals*/) const {}

  // Everything the result depends on beside weights and training options.
  virtual void describe(Sha256& hash) const = 0;
};

}  // namespace preceptor::learning
