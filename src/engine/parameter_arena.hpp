#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/kernels/aligned.hpp"

namespace preceptor::engine {

enum class ParameterRole { matrix, gain, bias };

// What a parameter is for. Weights that learn stand in one arena; frozen ones in an arena for each part, held
// in as many bits as it needs.
enum class ArenaPart {
  tables,    // looked up by token or position, and the head
  matrices,  // of the layers
  vectors,   // norms, biases, and the score head, which is as small
};

struct ParameterInfo {
  std::string name;                 // as Hugging Face names it
  std::vector<std::int64_t> shape;  // in the arena; a linear layer's is (outputs, inputs)
  ParameterRole role = ParameterRole::matrix;
  ArenaPart part = ArenaPart::matrices;
  bool stored_transposed = false;  // Hugging Face files hold (inputs, outputs)
  std::size_t offset = 0;          // in values, into the arena that holds it
  std::size_t count = 0;
  bool decays = false;  // matrices decay, gains and biases do not

  std::vector<std::int64_t> stored_shape() const;
};

struct Slice {
  std::size_t offset = 0;
  std::size_t count = 0;

  template <class T>
  std::span<T> of(std::span<T> arena) const {
    return arena.subspan(offset, count);
  }
};

// Named fp32 tensors in one arena, 64-byte aligned: what an optimiser changes and a checkpoint keeps.
// Movable; copying is explicit.
class ParameterArena {
public:
  ParameterArena(std::vector<ParameterInfo> list, std::size_t size);  // all zero; size in floats

  std::span<const ParameterInfo> list() const { return list_; }
  std::size_t count() const;  // parameters, without padding

  std::span<float> values() { return arena_.span(); }
  std::span<const float> values() const { return arena_.span(); }
  std::span<float> tensor(std::string_view name);  // empty when there is no such tensor
  std::span<const float> tensor(std::string_view name) const;

private:
  std::vector<ParameterInfo> list_;
  AlignedArray<float> arena_;
};

}  // namespace preceptor::engine
