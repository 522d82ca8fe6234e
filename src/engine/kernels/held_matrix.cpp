#include "engine/kernels/held_matrix.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "engine/kernels/parallel.hpp"

namespace preceptor::engine {

namespace {

constexpr std::size_t rows_per_block = 128;

void assign(float& out, float value) { out = value; }
void assign(Bf16& out, float value) { out = to_bf16(value); }

template <class Real, class Held>
void copy_row(Real* out, std::span<const Held> row) {
  if constexpr (std::is_same_v<Real, Held>) {
    std::ranges::copy(row, out);
  } else {
    for (std::size_t i = 0; i < row.size(); ++i) assign(out[i], to_float(row[i]));
  }
}

template <class Real>
void copy_row(Real* out, std::span<const std::int8_t> row, const float* scales) {
  for (std::size_t block = 0; block * int8_block < row.size(); ++block) {
    const std::size_t end = std::min(row.size(), (block + 1) * int8_block);
    for (std::size_t i = block * int8_block; i < end; ++i) {
      assign(out[i], static_cast<float>(row[i]) * scales[block]);
    }
  }
}

}  // namespace

template <class Real>
void copy_rows(Real* out, std::size_t step, const HeldMatrix& matrix, std::size_t columns, std::size_t begin,
               std::size_t end) {
  for (std::size_t row = begin; row < end; ++row, out += step) {
    if (!matrix.fp32.empty()) {
      copy_row(out, matrix.fp32.subspan(row * columns, columns));
    } else if (!matrix.bf16.empty()) {
      copy_row(out, matrix.bf16.subspan(row * columns, columns));
    } else {
      copy_row(out, matrix.int8.subspan(row * columns, columns), &matrix.scales[row * int8_blocks(columns)]);
    }
  }
}

template void copy_rows<float>(float*, std::size_t, const HeldMatrix&, std::size_t, std::size_t, std::size_t);
template void copy_rows<Bf16>(Bf16*, std::size_t, const HeldMatrix&, std::size_t, std::size_t, std::size_t);

void gather_rows(std::span<float> out, const HeldMatrix& matrix, std::span<const std::int32_t> indices,
                 std::int32_t columns) {
  const auto width = static_cast<std::size_t>(columns);
  parallel_blocks(indices.size(), rows_per_block, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const auto row = static_cast<std::size_t>(indices[i]);
      copy_rows(&out[i * width], width, matrix, width, row, row + 1);
    }
  });
}

void round_to_int8(std::span<std::int8_t> out, std::span<float> scales, std::span<const float> row) {
  constexpr float largest = 127;
  for (std::size_t block = 0; block * int8_block < row.size(); ++block) {
    const std::size_t begin = block * int8_block;
    const std::span<const float> values = row.subspan(begin, std::min(int8_block, row.size() - begin));
    float peak = 0;
    for (const float value : values) peak = std::max(peak, std::abs(value));
    scales[block] = peak / largest;
    const float inverse = peak > 0 ? largest / peak : 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      out[begin + i] = static_cast<std::int8_t>(std::lround(values[i] * inverse));
    }
  }
}

}  // namespace preceptor::engine
