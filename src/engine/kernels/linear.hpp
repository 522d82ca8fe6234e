#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "engine/kernels/pack_room.hpp"
#include "engine/kernels/precision.hpp"

namespace preceptor::engine {

// out = x · weightᵀ and its derivatives for training: bf16 or fp32 operands, fp32 sums; in oneDNN but for the
// weights' gradient in bf16, which is ours (weight_gradient_bf16.hpp: a sixth faster at a training's shapes).
// Weights are held packed in oneDNN's blocked layout, once for x · weightᵀ and (for training) once for d_out
// · weight. Primitives are cached by row count: keep the number of different row counts small. Real is the
// type of activations (float or Bf16) and must match the precision.
template <class Real>
class Linear {
public:
  Linear(std::int32_t out_width, std::int32_t in_width);
  Linear(Linear&&) noexcept;
  Linear& operator=(Linear&&) noexcept;
  ~Linear();

  std::int32_t out_width() const;
  std::int32_t in_width() const;

  // From now on packs into the room, which must outlive this: pack right before each use, since the next to
  // pack there overwrites it.
  void share(PackRoom& room);

  // Packs for forward; weight: (out_width, in_width), row-major.
  void pack(std::span<const float> weight);
  void pack(std::span<const Bf16> weight);
  // Packs for backward_input, which inference does not need.
  void pack_for_backward(std::span<const float> weight);
  void pack_for_backward(std::span<const Bf16> weight);

  // out = x · weightᵀ + bias.   out: (rows, out_width)   x: (rows, in_width)   bias: (out_width) or empty
  void forward(std::span<Real> out, std::span<const Real> x, std::int32_t rows,
               std::span<const float> bias = {});
  void forward_fp32(std::span<float> out, std::span<const Real> x, std::int32_t rows);

  // Overwrites d_x: (rows, in_width).   d_out: (rows, out_width)
  void backward_input(std::span<Real> d_x, std::span<const Real> d_out, std::int32_t rows);

  // Adds into d_weight: (out_width, in_width).   d_out: (rows, out_width)   x: (rows, in_width)
  void backward_weight(std::span<float> d_weight, std::span<const Real> d_out, std::span<const Real> x,
                       std::int32_t rows);
  // The same in oneDNN whatever the operands: what ours is measured against.
  void backward_weight_in_library(std::span<float> d_weight, std::span<const Real> d_out,
                                  std::span<const Real> x, std::int32_t rows);

private:
  struct Primitives;
  std::unique_ptr<Primitives> primitives_;
};

}  // namespace preceptor::engine
