#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/config.hpp"
#include "engine/kernels/attention_rows.hpp"
#include "engine/model/network.hpp"

namespace preceptor::engine {

// Rows of a packed batch are padded to this multiple, so that matrix products come in few shapes.
constexpr std::size_t row_multiple = 64;

inline std::size_t padded_rows(std::size_t rows) {
  return (rows + row_multiple - 1) / row_multiple * row_multiple;
}

// A checked copy of a PackedBatch with what the kernels want to know about it.
struct BatchRows {
  std::vector<std::int32_t> tokens;
  std::vector<std::int32_t> starts;
  std::vector<std::int32_t> parents;
  std::vector<std::int32_t> positions;  // (tokens), from 0 in each sequence or behind what it continues
  std::int32_t longest = 0;

  std::size_t rows() const { return padded_rows(tokens.size()); }
  AttentionRows attention() const { return {starts, parents}; }

  // Throws Failure(invalid) when the batch does not fit the model.
  void assign(const PackedBatch& batch, const ModelConfig& config);
};

// Throws Failure(invalid) when a target is outside the batch or the vocabulary.
void check_targets(std::span<const Target> targets, const PackedBatch& batch, const ModelConfig& config);

}  // namespace preceptor::engine
