#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "engine/kernels/aligned.hpp"
#include "engine/kernels/linear.hpp"
#include "engine/kernels/pack_room.hpp"
#include "engine/model/model_weights.hpp"

namespace preceptor::engine {

// Working memory that the projections of a decoder take turns with.
template <class Real>
struct ProjectionRoom {
  bool shares_packed =
      false;  // of a large model: packed weights stand here for one product, and are made anew
  PackRoom packed;
  PackRoom joined_rows, low_gradient, joined_weights, b_gradient;
};

// Bytes that one projection takes in a training.
struct ProjectionMemory {
  std::size_t packed = 0;          // weights packed for forward and backward
  std::size_t packed_factors = 0;  // of an adapter, always its own
  std::size_t beside = 0;          // in the room, which all take turns with
};

// A linear layer of the graph: out = x · Wᵀ + bias where W learns, or out = x · (W + s·B·A)ᵀ + bias where W
// is frozen and A and B learn. With an adapter the layer is one product of wider matrices, [x | x·Aᵀ] · [W |
// s·B]ᵀ, and so is its backward, [d_out | d_out·s·B] · [W ; A]: sums stay in fp32, and nothing small is
// rounded into W. Real: type of activations.
template <class Real>
class Projection {
public:
  struct Shape {
    std::int32_t outputs = 0;
    std::int32_t inputs = 0;
  };
  // targets: of the weights' adapter; null without. The room must outlive this.
  Projection(Shape shape, const ModelWeights& weights, const LinearSlices& slices, const LoraTargets* targets,
             ProjectionRoom<Real>& room);

  // Width of what a forward keeps beside its input for the backward: the sum of the targets' ranks.
  std::int32_t low_width() const { return low_width_; }

  void weights_changed();
  ProjectionMemory memory(std::size_t rows) const;

  // out: (rows, outputs)   low: (rows, low_width)   x: (rows, inputs)
  void forward(std::span<Real> out, std::span<Real> low, std::span<const Real> x);

  // Overwrites d_x, adds into the gradients.
  void backward(std::span<Real> d_x, std::span<const Real> d_out, std::span<const Real> x,
                std::span<const Real> low, const Gradients& gradients);
  // The same in two steps, the second right after the first: x is wanted only then.
  void backward_input(std::span<Real> d_x, std::span<const Real> d_out);
  void backward_weights(std::span<const Real> d_out, std::span<const Real> x, std::span<const Real> low,
                        const Gradients& gradients);

private:
  // The two factors, each as one matrix over all targets: A stacked, s·B along the diagonal of its own.
  struct Factors {
    Linear<Real> a, b;
  };

  std::size_t row_count(std::span<const Real> x) const;
  std::span<const float> adapter_values() const { return weights_.adapter()->values(); }
  void pack_factors();
  void pack_wide();
  void pack_tall();
  void write_b(Real* out, std::size_t step, std::size_t begin, std::size_t end) const;
  void adapted_forward(std::span<Real> out, std::span<Real> low, std::span<const Real> x);
  void adapted_backward_input(std::span<Real> d_x, std::span<const Real> d_out);
  void adapted_backward_weights(std::span<const Real> d_out, std::span<const Real> x,
                                std::span<const Real> low, std::span<float> gradients);

  Shape shape_;
  ModelWeights weights_;
  LinearSlices slices_;
  LoraTargets targets_;
  std::int32_t low_width_ = 0;
  ProjectionRoom<Real>* room_;
  Linear<Real> wide_;                 // (outputs, inputs + low_width): forward; without an adapter both
  std::optional<Linear<Real>> tall_;  // (outputs + low_width, inputs): backward
  std::optional<Factors> factors_;
  bool wide_packed_ = false;
  bool tall_packed_ = false;
  bool factors_packed_ = false;
};

}  // namespace preceptor::engine
