#include "engine/model/query_key_norm.hpp"

#include <algorithm>

#include "engine/kernels/parallel.hpp"
#include "engine/kernels/part_rmsnorm.hpp"

namespace preceptor::engine {

namespace {

constexpr std::size_t rows_per_block = 64;

// The first columns of every row of `from`, packed.
template <class Real>
void copy_columns(std::span<Real> to, std::span<const Real> from, std::size_t columns, std::size_t step) {
  parallel_blocks(from.size() / step, rows_per_block, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row)
      std::copy_n(&from[row * step], columns, &to[row * columns]);
  });
}

}  // namespace

QueryKeyNorm::QueryKeyNorm(const ModelConfig& config)
    : used_(config.query_key_norm),
      head_count_(config.head_count),
      kv_head_count_(config.kv_head_count),
      query_width_(config.query_width()),
      key_width_(config.key_width()),
      qkv_width_(config.qkv_width()),
      norm_(config) {}

template <class Real>
QueryKeyActivations<Real> QueryKeyNorm::take(Carver& carver, std::size_t rows) const {
  if (!used_) return {};
  return {.before = carver.take<Real>(rows * static_cast<std::size_t>(query_width_ + key_width_)),
          .query_scale = carver.take<float>(rows * static_cast<std::size_t>(head_count_)),
          .key_scale = carver.take<float>(rows * static_cast<std::size_t>(kv_head_count_))};
}

template <class Real>
void QueryKeyNorm::forward(std::span<Real> qkv, const QueryKeyActivations<Real>& activations,
                           const LayerSlices& slices, std::span<const float> values) const {
  if (!used_) return;
  const bool kept = !activations.before.empty();
  const std::int32_t x_step = kept ? query_width_ + key_width_ : qkv_width_;
  if (kept) {
    copy_columns<Real>(activations.before, qkv, static_cast<std::size_t>(x_step),
                       static_cast<std::size_t>(qkv_width_));
  }
  const std::span<const Real> x = kept ? activations.before : qkv;
  const auto keys = static_cast<std::size_t>(query_width_);
  part_rmsnorm_forward<Real>(qkv, activations.query_scale, x, {head_count_, x_step, qkv_width_},
                             slices.query_norm.of(values), norm_.epsilon(), norm_.gain_offset());
  part_rmsnorm_forward<Real>(qkv.subspan(keys), activations.key_scale, x.subspan(keys),
                             {kv_head_count_, x_step, qkv_width_}, slices.key_norm.of(values),
                             norm_.epsilon(), norm_.gain_offset());
}

template <class Real>
void QueryKeyNorm::backward(std::span<Real> d_qkv, const QueryKeyActivations<Real>& activations,
                            const LayerSlices& slices, std::span<const float> values,
                            std::span<float> gradients) const {
  if (!used_) return;
  const std::int32_t x_step = query_width_ + key_width_;
  const auto keys = static_cast<std::size_t>(query_width_);
  const std::span<const Real> x = activations.before;
  part_rmsnorm_backward<Real>(d_qkv, slices.query_norm.of(gradients), d_qkv, x,
                              {head_count_, x_step, qkv_width_}, slices.query_norm.of(values),
                              activations.query_scale, norm_.gain_offset());
  part_rmsnorm_backward<Real>(d_qkv.subspan(keys), slices.key_norm.of(gradients), d_qkv.subspan(keys),
                              x.subspan(keys), {kv_head_count_, x_step, qkv_width_},
                              slices.key_norm.of(values), activations.key_scale, norm_.gain_offset());
}

template QueryKeyActivations<float> QueryKeyNorm::take<float>(Carver&, std::size_t) const;
template void QueryKeyNorm::forward<float>(std::span<float>, const QueryKeyActivations<float>&,
                                           const LayerSlices&, std::span<const float>) const;
template void QueryKeyNorm::backward<float>(std::span<float>, const QueryKeyActivations<float>&,
                                            const LayerSlices&, std::span<const float>,
                                            std::span<float>) const;
template QueryKeyActivations<Bf16> QueryKeyNorm::take<Bf16>(Carver&, std::size_t) const;
template void QueryKeyNorm::forward<Bf16>(std::span<Bf16>, const QueryKeyActivations<Bf16>&,
                                          const LayerSlices&, std::span<const float>) const;
template void QueryKeyNorm::backward<Bf16>(std::span<Bf16>, const QueryKeyActivations<Bf16>&,
                                           const LayerSlices&, std::span<const float>,
                                           std::span<float>) const;

}  // namespace preceptor::engine
