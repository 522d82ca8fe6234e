#include "engine/kernels/embedding.hpp"

#include <omp.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "engine/kernels/parallel.hpp"

namespace preceptor::engine {

namespace {

constexpr std::size_t rows_per_block = 128;

void add_row(float* to, const float* from, std::size_t width, float scale) {
  for (std::size_t i = 0; i < width; ++i) to[i] += scale * from[i];
}

// Adds scale * row r of `from` into row targets[r] of `to`. Each thread owns a range of target rows and goes
// through all sources in order, so that a target's sum has one order whatever the number of threads.
void add_rows(std::span<float> to, std::span<const float> from, std::span<const std::int32_t> targets,
              std::size_t width, float scale) {
  const std::size_t target_count = to.size() / width;
#pragma omp parallel
  {
    const auto threads = static_cast<std::size_t>(omp_get_num_threads());
    const auto thread = static_cast<std::size_t>(omp_get_thread_num());
    const std::size_t begin = target_count * thread / threads;
    const std::size_t end = target_count * (thread + 1) / threads;
    for (std::size_t row = 0; row < targets.size(); ++row) {
      const auto target = static_cast<std::size_t>(targets[row]);
      if (target >= begin && target < end) add_row(&to[target * width], &from[row * width], width, scale);
    }
  }
}

}  // namespace

void embedding_forward(std::span<float> out, std::span<const std::int32_t> tokens, const HeldMatrix& table,
                       std::int32_t width, float scale) {
  const std::size_t used = tokens.size() * static_cast<std::size_t>(width);
  gather_rows(out.first(used), table, tokens, width);
  std::ranges::fill(out.subspan(used), 0.0F);
  if (scale == 1.0F) return;
  for (float& value : out.first(used)) value *= scale;
}

void embedding_backward(std::span<float> d_table, std::span<const float> d_out,
                        std::span<const std::int32_t> tokens, std::int32_t width, float scale) {
  add_rows(d_table, d_out, tokens, static_cast<std::size_t>(width), scale);
}

void add_gathered_rows(std::span<float> out, const HeldMatrix& table, std::span<const std::int32_t> indices,
                       std::int32_t width_signed) {
  const auto width = static_cast<std::size_t>(width_signed);
  parallel_blocks(indices.size(), rows_per_block, [&](std::size_t begin, std::size_t end) {
    std::vector<float> held(width);
    for (std::size_t row = begin; row < end; ++row) {
      const auto index = static_cast<std::size_t>(indices[row]);
      copy_rows(held.data(), width, table, width, index, index + 1);
      add_row(&out[row * width], held.data(), width, 1.0F);
    }
  });
}

void gather_rows(std::span<float> out, std::span<const float> x, std::span<const std::int32_t> indices,
                 std::int32_t width_signed) {
  const auto width = static_cast<std::size_t>(width_signed);
  parallel_blocks(indices.size(), rows_per_block, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      std::copy_n(&x[static_cast<std::size_t>(indices[row]) * width], width, &out[row * width]);
    }
  });
}

void scatter_rows(std::span<float> d_x, std::span<const float> d_out, std::span<const std::int32_t> indices,
                  std::int32_t width) {
  add_rows(d_x, d_out, indices, static_cast<std::size_t>(width), 1.0F);
}

}  // namespace preceptor::engine
