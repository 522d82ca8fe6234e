#pragma once

#include <cstdint>

#include "engine/kernels/rope.hpp"

namespace preceptor::engine {

// The rotary angles of a model, which may differ between full and sliding layers.
class RopeTables {
public:
  explicit RopeTables(const ModelConfig& config);

  // Makes room for positions 0 … positions-1; does nothing for learned positions.
  void reserve(std::int32_t positions);
  const RopeTable& of(LayerAttention layer) const;

private:
  bool rotary_;
  bool sliding_differs_;
  std::int32_t positions_ = 0;
  std::vector<double> full_frequencies_;
  std::vector<double> sliding_frequencies_;
  RopeTable full_;
  RopeTable sliding_;
};

}  // namespace preceptor::engine
