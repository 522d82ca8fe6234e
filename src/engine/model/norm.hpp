#pragma once

#include <span>

#include "engine/model/arena.hpp"
#include "engine/parameters.hpp"

namespace preceptor::engine {

// What a norm's forward keeps of each row for its backward.
struct NormStatistics {
  std::span<float> scale;  // (rows)
  std::span<float> mean;   // (rows); empty for RMS norms
};

// The kind of norm that a model uses, over the parameters in a slice. values and gradients are whole arenas.
class Norm {
public:
  explicit Norm(const ModelConfig& config) : kind_(config.norm), epsilon_(config.norm_epsilon) {}

  NormStatistics take(Carver& carver, std::size_t rows) const;

  // out = norm(x).   out, x: (rows, width)
  template <class Real>
  void forward(std::span<Real> out, const NormStatistics& statistics, std::span<const float> x,
               const NormSlices& slices, std::span<const float> values) const;

  // x_out = x + delta, out = norm(x_out). x_out may be x.
  template <class Real>
  void residual_forward(std::span<Real> out, std::span<float> x_out, const NormStatistics& statistics,
                        std::span<const float> x, std::span<const Real> delta, const NormSlices& slices,
                        std::span<const float> values) const;

  // Adds into d_x and the gradients; d_x_rounded receives the sum d_x.
  template <class Real>
  void backward(std::span<float> d_x, std::span<Real> d_x_rounded, std::span<const Real> d_out,
                std::span<const float> x, const NormStatistics& statistics, const NormSlices& slices,
                std::span<const float> values, std::span<float> gradients) const;

  // The norm of what a branch gives to the residual stream. out may be x.
  template <class Real>
  void branch_forward(std::span<Real> out, const NormStatistics& statistics, std::span<const Real> x,
                      const NormSlices& slices, std::span<const float> values) const;

  // Overwrites d_x, which may be d_out; adds into the gradients.
  template <class Real>
  void branch_backward(std::span<Real> d_x, std::span<const Real> d_out, std::span<const Real> x,
                       const NormStatistics& statistics, const NormSlices& slices,
                       std::span<const float> values, std::span<float> gradients) const;

  float epsilon() const { return epsilon_; }
  float gain_offset() const { return kind_ == NormKind::rms_plus_one ? 1.0F : 0.0F; }

private:
  NormKind kind_;
  float epsilon_;
};

}  // namespace preceptor::engine
