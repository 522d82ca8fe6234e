#include "engine/kernels/bias.hpp"

#include <cstddef>
#include <vector>

#include "engine/kernels/parallel.hpp"

namespace preceptor::engine {

namespace {

constexpr std::size_t rows_per_block = 64;

}  // namespace

void add_bias(std::span<float> x, std::span<const float> bias) {
  const std::size_t width = bias.size();
  parallel_blocks(x.size() / width, rows_per_block, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      float* to = &x[row * width];
      for (std::size_t i = 0; i < width; ++i) to[i] += bias[i];
    }
  });
}

template <class Real>
void bias_backward(std::span<float> d_bias, std::span<const Real> d_out) {
  const std::size_t width = d_bias.size();
  const std::size_t rows = d_out.size() / width;
  const std::size_t blocks = (rows + rows_per_block - 1) / rows_per_block;
  thread_local std::vector<float> kept;
  kept.assign(blocks * width, 0.0F);
  const std::span<float> partial = kept;
  parallel_blocks(rows, rows_per_block, [&](std::size_t begin, std::size_t end) {
    float* sum = &partial[begin / rows_per_block * width];
    for (std::size_t row = begin; row < end; ++row) {
      const Real* from = &d_out[row * width];
      for (std::size_t i = 0; i < width; ++i) sum[i] += to_float(from[i]);
    }
  });
  for (std::size_t block = 0; block < blocks; ++block) {
    for (std::size_t i = 0; i < width; ++i) d_bias[i] += partial[block * width + i];
  }
}

template void bias_backward<float>(std::span<float>, std::span<const float>);
template void bias_backward<Bf16>(std::span<float>, std::span<const Bf16>);

}  // namespace preceptor::engine
