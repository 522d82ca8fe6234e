#include "engine/kernels/rope.hpp"

#include <cmath>
#include <cstddef>

#include "engine/kernels/parallel.hpp"

namespace preceptor::engine {

namespace {

constexpr std::size_t rows_per_block = 64;

void put(float& to, float value) { to = value; }
void put(Bf16& to, float value) { to = to_bf16(value); }

template <class Real>
void rotate_head(Real* x, const float* cosine, const float* sine, std::size_t half, float direction) {
  Real* upper = x + half;
  for (std::size_t i = 0; i < half; ++i) {
    const float a = to_float(x[i]);
    const float b = to_float(upper[i]);
    const float s = direction * sine[i];
    put(x[i], a * cosine[i] - b * s);
    put(upper[i], b * cosine[i] + a * s);
  }
}

template <class Real>
void rotate(std::span<Real> x, std::span<const std::int32_t> positions, std::int32_t heads,
            std::int32_t stride, const RopeTable& table, float direction) {
  const auto head_dim = static_cast<std::size_t>(table.head_dim);
  const std::size_t half = head_dim / 2;
  parallel_blocks(positions.size(), rows_per_block, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const std::size_t angle = static_cast<std::size_t>(positions[row]) * half;
      Real* first = &x[row * static_cast<std::size_t>(stride)];
      for (std::size_t head = 0; head < static_cast<std::size_t>(heads); ++head) {
        rotate_head(first + head * head_dim, &table.cosine[angle], &table.sine[angle], half, direction);
      }
    }
  });
}

}  // namespace

RopeTable rope_table(std::int32_t positions, std::int32_t head_dim, float theta) {
  const std::int32_t half = head_dim / 2;
  RopeTable table{.head_dim = head_dim, .cosine = {}, .sine = {}};
  table.cosine.reserve(static_cast<std::size_t>(positions) * static_cast<std::size_t>(half));
  table.sine.reserve(table.cosine.capacity());
  for (std::int32_t position = 0; position < positions; ++position) {
    for (std::int32_t i = 0; i < half; ++i) {
      const double angle = position * std::pow(static_cast<double>(theta), -2.0 * i / head_dim);
      table.cosine.push_back(static_cast<float>(std::cos(angle)));
      table.sine.push_back(static_cast<float>(std::sin(angle)));
    }
  }
  return table;
}

template <class Real>
void rope_forward(std::span<Real> x, std::span<const std::int32_t> positions, std::int32_t heads,
                  std::int32_t stride, const RopeTable& table) {
  rotate(x, positions, heads, stride, table, 1.0F);
}

template <class Real>
void rope_backward(std::span<Real> d_x, std::span<const std::int32_t> positions, std::int32_t heads,
                   std::int32_t stride, const RopeTable& table) {
  rotate(d_x, positions, heads, stride, table, -1.0F);
}

template void rope_forward<float>(std::span<float>, std::span<const std::int32_t>, std::int32_t, std::int32_t,
                                  const RopeTable&);
template void rope_forward<Bf16>(std::span<Bf16>, std::span<const std::int32_t>, std::int32_t, std::int32_t,
                                 const RopeTable&);
template void rope_backward<float>(std::span<float>, std::span<const std::int32_t>, std::int32_t,
                                   std::int32_t, const RopeTable&);
template void rope_backward<Bf16>(std::span<Bf16>, std::span<const std::int32_t>, std::int32_t, std::int32_t,
                                  const RopeTable&);

}  // namespace preceptor::engine
