#include "engine/model/norm.hpp"

#include "engine/kernels/layernorm.hpp"
#include "engine/kernels/part_rmsnorm.hpp"
#include "engine/kernels/rmsnorm.hpp"

namespace preceptor::engine {

namespace {

LayernormWeights weights_of(const NormSlices& slices, std::span<const float> values) {
  return {.gain = slices.gain.of(values), .bias = slices.bias.of(values)};
}

PartRows whole_rows(const Slice& gain) {
  const auto width = static_cast<std::int32_t>(gain.count);
  return {.parts = 1, .x_step = width, .out_step = width};
}

}  // namespace

NormStatistics Norm::take(Carver& carver, std::size_t rows) const {
  NormStatistics statistics;
  statistics.scale = carver.take<float>(rows);
  if (kind_ == NormKind::layer) statistics.mean = carver.take<float>(rows);
  return statistics;
}

template <class Real>
void Norm::forward(std::span<Real> out, const NormStatistics& statistics, std::span<const float> x,
                   const NormSlices& slices, std::span<const float> values) const {
  if (kind_ == NormKind::layer) {
    layernorm_forward<Real>(out, {statistics.mean, statistics.scale}, x, weights_of(slices, values),
                            epsilon_);
  } else {
    rmsnorm_forward<Real>(out, statistics.scale, x, slices.gain.of(values), epsilon_, gain_offset());
  }
}

template <class Real>
void Norm::residual_forward(std::span<Real> out, std::span<float> x_out, const NormStatistics& statistics,
                            std::span<const float> x, std::span<const Real> delta, const NormSlices& slices,
                            std::span<const float> values) const {
  if (kind_ == NormKind::layer) {
    residual_layernorm_forward<Real>(out, x_out, {statistics.mean, statistics.scale}, x, delta,
                                     weights_of(slices, values), epsilon_);
  } else {
    residual_rmsnorm_forward<Real>(out, x_out, statistics.scale, x, delta, slices.gain.of(values), epsilon_,
                                   gain_offset());
  }
}

template <class Real>
void Norm::backward(std::span<float> d_x, std::span<Real> d_x_rounded, std::span<const Real> d_out,
                    std::span<const float> x, const NormStatistics& statistics, const NormSlices& slices,
                    std::span<const float> values, std::span<float> gradients) const {
  if (kind_ == NormKind::layer) {
    layernorm_backward<Real>(d_x, d_x_rounded,
                             {.gain = slices.gain.of(gradients), .bias = slices.bias.of(gradients)}, d_out, x,
                             weights_of(slices, values), {statistics.mean, statistics.scale});
  } else {
    rmsnorm_backward<Real>(d_x, d_x_rounded, slices.gain.of(gradients), d_out, x, slices.gain.of(values),
                           statistics.scale, gain_offset());
  }
}

template <class Real>
void Norm::branch_forward(std::span<Real> out, const NormStatistics& statistics, std::span<const Real> x,
                          const NormSlices& slices, std::span<const float> values) const {
  part_rmsnorm_forward<Real>(out, statistics.scale, x, whole_rows(slices.gain), slices.gain.of(values),
                             epsilon_, gain_offset());
}

template <class Real>
void Norm::branch_backward(std::span<Real> d_x, std::span<const Real> d_out, std::span<const Real> x,
                           const NormStatistics& statistics, const NormSlices& slices,
                           std::span<const float> values, std::span<float> gradients) const {
  part_rmsnorm_backward<Real>(d_x, slices.gain.of(gradients), d_out, x, whole_rows(slices.gain),
                              slices.gain.of(values), statistics.scale, gain_offset());
}

template void Norm::forward<float>(std::span<float>, const NormStatistics&, std::span<const float>,
                                   const NormSlices&, std::span<const float>) const;
template void Norm::residual_forward<float>(std::span<float>, std::span<float>, const NormStatistics&,
                                            std::span<const float>, std::span<const float>, const NormSlices&,
                                            std::span<const float>) const;
template void Norm::backward<float>(std::span<float>, std::span<float>, std::span<const float>,
                                    std::span<const float>, const NormStatistics&, const NormSlices&,
                                    std::span<const float>, std::span<float>) const;
template void Norm::branch_forward<float>(std::span<float>, const NormStatistics&, std::span<const float>,
                                          const NormSlices&, std::span<const float>) const;
template void Norm::branch_backward<float>(std::span<float>, std::span<const float>, std::span<const float>,
                                           const NormStatistics&, const NormSlices&, std::span<const float>,
                                           std::span<float>) const;
template void Norm::forward<Bf16>(std::span<Bf16>, const NormStatistics&, std::span<const float>,
                                  const NormSlices&, std::span<const float>) const;
template void Norm::residual_forward<Bf16>(std::span<Bf16>, std::span<float>, const NormStatistics&,
                                           std::span<const float>, std::span<const Bf16>, const NormSlices&,
                                           std::span<const float>) const;
template void Norm::backward<Bf16>(std::span<float>, std::span<Bf16>, std::span<const Bf16>,
                                   std::span<const float>, const NormStatistics&, const NormSlices&,
                                   std::span<const float>, std::span<float>) const;
template void Norm::branch_forward<Bf16>(std::span<Bf16>, const NormStatistics&, std::span<const Bf16>,
                                         const NormSlices&, std::span<const float>) const;
template void Norm::branch_backward<Bf16>(std::span<Bf16>, std::span<const Bf16>, std::span<const Bf16>,
                                          const NormStatistics&, const NormSlices&, std::span<const float>,
                                          std::span<float>) const;

}  // namespace preceptor::engine
