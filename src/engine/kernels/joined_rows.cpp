#include "engine/kernels/joined_rows.hpp"

#include <algorithm>
#include <cassert>

#include "engine/kernels/parallel.hpp"

namespace preceptor::engine {

namespace {
constexpr std::size_t rows_per_block = 64;
}

template <class Real>
void join_rows(std::span<Real> out, std::span<const Real> left, std::span<const Real> right,
               std::size_t rows) {
  const std::size_t left_width = left.size() / rows;
  const std::size_t right_width = right.size() / rows;
  assert(out.size() == left.size() + right.size());
  parallel_blocks(rows, rows_per_block, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      Real* to = &out[row * (left_width + right_width)];
      std::copy_n(&left[row * left_width], left_width, to);
      std::copy_n(&right[row * right_width], right_width, to + left_width);
    }
  });
}

template void join_rows<float>(std::span<float>, std::span<const float>, std::span<const float>, std::size_t);
template void join_rows<Bf16>(std::span<Bf16>, std::span<const Bf16>, std::span<const Bf16>, std::size_t);

}  // namespace preceptor::engine
