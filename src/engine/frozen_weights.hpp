#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/formats/stored_weights.hpp"
#include "engine/kernels/aligned.hpp"
#include "engine/kernels/held_matrix.hpp"
#include "engine/parameter_layout.hpp"
#include "engine/parameters.hpp"

namespace preceptor::engine {

// What the layers' matrices are held in. Tables are held in bf16 with int8 matrices: they are read by row and
// make the logits. Norms, biases and the score head are always fp32.
enum class FrozenType { fp32, bf16, int8 };

// Weights that do not learn: the base below an adapter. Takes 4, 2 or about 1.1 bytes a weight of a layer,
// against the 16 of one that learns. Movable.
class FrozenWeights {
public:
  FrozenWeights(const ModelConfig& config, FrozenType type);  // all zero
  FrozenWeights(const Parameters& parameters, FrozenType type);
  // Straight from the files, a few rows at a time. config: the stored model's, or that of a classifier made
  // of it, whose score head stays zero here: adapters hold their own.
  FrozenWeights(const StoredWeights& stored, const ModelConfig& config, FrozenType type);

  const ModelConfig& config() const { return config_; }
  FrozenType type() const { return type_; }
  // In the order of Parameters::list(); offsets are into the arena of each tensor's part.
  std::span<const ParameterInfo> list() const { return layout_.list; }
  const ModelSlices& slices() const { return layout_.slices; }

  // Rounds rows of one tensor in, from first_row on: values in the arena's shape, index into list().
  void set(std::size_t index, std::span<const float> values, std::size_t first_row = 0);

  std::span<const float> vectors() const { return vectors_.span(); }
  HeldMatrix table(const Slice& slice) const;
  HeldMatrix matrix(const Slice& slice) const;  // that of a LinearSlices

  // xxh3 over everything that is held.
  std::uint64_t fingerprint() const;

private:
  struct Arena {
    AlignedArray<float> fp32;
    AlignedArray<Bf16> bf16;
    AlignedArray<std::int8_t> int8;
  };
  void store(Arena& arena, std::size_t index, std::span<const float> values, std::size_t first_row);
  std::size_t scales_begin(std::size_t offset) const;

  ModelConfig config_;
  FrozenType type_;
  ParameterLayout layout_;
  Arena tables_, matrices_;
  AlignedArray<float> vectors_;
  AlignedArray<float> scales_;              // of matrices in int8
  std::vector<std::size_t> scale_offsets_;  // by index into list()
};

}  // namespace preceptor::engine
