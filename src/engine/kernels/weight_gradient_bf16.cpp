#include "engine/kernels/weight_gradient_bf16.hpp"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <vector>

#include "engine/kernels/bf16_vectors.hpp"
#include "engine/kernels/pack_room.hpp"
#include "engine/kernels/pair_matmul_bf16.hpp"

namespace preceptor::engine {

namespace {

// Products sum over rows, so rows become pairs. A tile of 8 outputs by 3 vectors of inputs keeps its 24 sums
// in registers, with room for what it multiplies.
constexpr std::size_t tile_outputs = 8;
constexpr std::size_t tile_vectors = 3;
constexpr std::size_t tile_inputs = tile_vectors * pair_lanes;
// Outputs that a thread turns into pairs at once: a cache line of d_out.
constexpr std::size_t outputs_at_once = 32;
constexpr std::size_t tiles_at_once = outputs_at_once / tile_outputs;
// Rows that are summed before the gradient in memory is touched, and inputs that go through them together:
// their pairs stay in the second cache while all outputs pass.
constexpr std::size_t rows_at_once = 1024;
constexpr std::size_t pairs_at_once = rows_at_once / 2;
constexpr std::size_t tiles_of_inputs_at_once = 12;
constexpr std::size_t parallel_work_min = 1U << 16U;  // multiplications worth waking threads for

struct Matrix {
  const Bf16* values;
  std::size_t width;
};

// Words {from(2p, c), from(2p + 1, c)} for `lanes` columns from `column`, zero beyond the rows.
PRECEPTOR_BF16_TARGET __m512i row_pair(const Matrix& from, std::size_t pair, std::size_t rows,
                                       std::size_t column, __mmask16 lanes) {
  const Bf16* first = from.values + 2 * pair * from.width + column;
  const __m256i even = _mm256_maskz_loadu_epi16(lanes, first);
  const __m256i odd =
      2 * pair + 1 < rows ? _mm256_maskz_loadu_epi16(lanes, first + from.width) : _mm256_setzero_si256();
  return _mm512_or_si512(_mm512_cvtepu16_epi32(even), _mm512_slli_epi32(_mm512_cvtepu16_epi32(odd), 16));
}

// to: (tiles_at_once, pairs_at_once, tile_outputs), zero beyond the matrix
PRECEPTOR_BF16_TARGET void pack_outputs(Pair* to, const Matrix& d_out, std::size_t rows, std::size_t column) {
  constexpr std::size_t tile = pairs_at_once * tile_outputs;
  for (std::size_t pair = 0; pair < (rows + 1) / 2; ++pair, to += tile_outputs) {
    fetch_ahead({d_out.values + 2 * pair * d_out.width + column, d_out.width}, rows - 2 * pair,
                outputs_at_once);
    for (std::size_t half = 0; half < 2; ++half) {
      const std::size_t at = column + half * pair_lanes;
      const __m512i words = row_pair(d_out, pair, rows, at, lanes_between(at, 0, d_out.width));
      Pair* there = to + 2 * half * tile;
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(there), _mm512_castsi512_si256(words));
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(there + tile), _mm512_extracti64x4_epi64(words, 1));
    }
  }
}

// to (tile_outputs, step) += what the two packed tiles multiply to; of its first `Vectors` vectors.
// multiply_pairs would do the same, but begins by waiting for the gradient in memory: with it nothing is won
// over oneDNN.
template <std::size_t Vectors>
PRECEPTOR_BF16_TARGET void add_tile(float* to, std::size_t step, const Pair* outputs, const Pair* inputs,
                                    std::size_t pairs) {
  for (std::size_t row = 0; row < tile_outputs; ++row) {
    for (std::size_t v = 0; v < Vectors; ++v) _mm_prefetch(to + row * step + v * pair_lanes, _MM_HINT_T0);
  }
  __m512 sums[tile_outputs][Vectors];
  for (std::size_t row = 0; row < tile_outputs; ++row) {
    for (std::size_t v = 0; v < Vectors; ++v) sums[row][v] = _mm512_setzero_ps();
  }
  for (std::size_t pair = 0; pair < pairs; ++pair, outputs += tile_outputs, inputs += tile_inputs) {
    __m512bh columns[Vectors];
    for (std::size_t v = 0; v < Vectors; ++v) {
      columns[v] = (__m512bh)_mm512_loadu_si512(inputs + v * pair_lanes);
    }
    for (std::size_t row = 0; row < tile_outputs; ++row) {
      const auto both = (__m512bh)_mm512_set1_epi32(static_cast<int>(outputs[row]));
      for (std::size_t v = 0; v < Vectors; ++v)
        sums[row][v] = _mm512_dpbf16_ps(sums[row][v], both, columns[v]);
    }
  }
#pragma GCC unroll 8  // else the sums go through memory
  for (std::size_t row = 0; row < tile_outputs; ++row) {
    for (std::size_t v = 0; v < Vectors; ++v) {
      float* at = to + row * step + v * pair_lanes;
      _mm512_storeu_ps(at, _mm512_add_ps(_mm512_loadu_ps(at), sums[row][v]));
    }
  }
}

void add_tile_of(std::size_t vectors, float* to, std::size_t step, const Pair* outputs, const Pair* inputs,
                 std::size_t pairs) {
  switch (vectors) {
    case 1: return add_tile<1>(to, step, outputs, inputs, pairs);
    case 2: return add_tile<2>(to, step, outputs, inputs, pairs);
    default: return add_tile<tile_vectors>(to, step, outputs, inputs, pairs);
  }
}

// A tile at the matrix's edge: its sums are made beside it, and those inside are added.
void add_edge_tile(std::span<float> d_weight, std::size_t width, std::size_t output, std::size_t outputs_here,
                   std::size_t input, const Pair* outputs, const Pair* inputs, std::size_t pairs) {
  const std::size_t inputs_here = std::min(tile_inputs, width - input);
  alignas(64) float edge[tile_outputs * tile_inputs] = {};
  add_tile_of((inputs_here + pair_lanes - 1) / pair_lanes, edge, tile_inputs, outputs, inputs, pairs);
  for (std::size_t row = 0; row < outputs_here; ++row) {
    float* to = &d_weight[(output + row) * width + input];
    for (std::size_t i = 0; i < inputs_here; ++i) to[i] += edge[row * tile_inputs + i];
  }
}

// Some outputs of the gradient over all the inputs that are packed, from `input` on.
void add_outputs(std::span<float> d_weight, const Matrix& d_out, std::size_t width, std::size_t rows,
                 std::size_t output, std::size_t input, const Pair* inputs) {
  thread_local std::vector<Pair> packed(tiles_at_once * pairs_at_once * tile_outputs);
  pack_outputs(packed.data(), d_out, rows, output);
  const std::size_t pairs = (rows + 1) / 2;
  const std::size_t input_end = std::min(width, input + tiles_of_inputs_at_once * tile_inputs);
  for (std::size_t tile = 0; tile < tiles_at_once && output + tile * tile_outputs < d_out.width; ++tile) {
    const std::size_t first = output + tile * tile_outputs;
    const std::size_t count = std::min(tile_outputs, d_out.width - first);
    const Pair* left = &packed[tile * pairs_at_once * tile_outputs];
    const Pair* right = inputs;
    for (std::size_t at = input; at < input_end; at += tile_inputs, right += pairs_at_once * tile_inputs) {
      if (count == tile_outputs && width - at >= tile_inputs) {
        add_tile<tile_vectors>(&d_weight[first * width + at], width, left, right, pairs);
      } else {
        add_edge_tile(d_weight, width, first, count, at, left, right, pairs);
      }
    }
  }
}

PackRoom& room_of_this_thread() {
  thread_local PackRoom room;
  return room;
}

}  // namespace

void add_weight_gradient_bf16(std::span<float> d_weight, std::span<const Bf16> d_out, std::span<const Bf16> x,
                              std::int32_t row_count) {
  const auto rows = static_cast<std::size_t>(row_count);
  if (rows == 0) return;
  const Matrix outputs{d_out.data(), d_out.size() / rows}, inputs{x.data(), x.size() / rows};
  assert(d_weight.size() == outputs.width * inputs.width);
  const std::size_t tiles = (inputs.width + tile_inputs - 1) / tile_inputs;
  constexpr std::size_t packed_tile = pairs_at_once * tile_inputs;
  auto* packed = reinterpret_cast<Pair*>(
      room_of_this_thread().reserve(std::min(tiles, tiles_of_inputs_at_once) * packed_tile * sizeof(Pair)));
#pragma omp parallel if (d_weight.size() * rows >= parallel_work_min)
  for (std::size_t row = 0; row < rows; row += rows_at_once) {
    const std::size_t rows_here = std::min(rows_at_once, rows - row);
    const Matrix d_out_here{outputs.values + row * outputs.width, outputs.width};
    const Matrix x_here{inputs.values + row * inputs.width, inputs.width};
    for (std::size_t first = 0; first < tiles; first += tiles_of_inputs_at_once) {
      const std::size_t count = std::min(tiles_of_inputs_at_once, tiles - first);
#pragma omp for schedule(static)
      for (std::size_t tile = 0; tile < count; ++tile) {
        const std::size_t column = (first + tile) * tile_inputs;
        pair_rows(packed + tile * packed_tile, tile_inputs, x_here.values + column, inputs.width, rows_here,
                  std::min(tile_inputs, inputs.width - column));
      }
      // As threads come free: each output's sums are the same whoever makes them.
#pragma omp for schedule(dynamic, 1)
      for (std::size_t output = 0; output < outputs.width; output += outputs_at_once) {
        add_outputs(d_weight, d_out_here, inputs.width, rows_here, output, first * tile_inputs, packed);
      }
    }
  }
}

void add_weight_gradient_reference(std::span<float> d_weight, std::span<const Bf16> d_out,
                                   std::span<const Bf16> x, std::int32_t row_count) {
  const auto rows = static_cast<std::size_t>(row_count);
  if (rows == 0) return;
  const std::size_t out_width = d_out.size() / rows, in_width = x.size() / rows;
  for (std::size_t output = 0; output < out_width; ++output) {
    for (std::size_t input = 0; input < in_width; ++input) {
      double sum = 0;
      for (std::size_t row = 0; row < rows; ++row) {
        sum += double{to_float(d_out[row * out_width + output])} * to_float(x[row * in_width + input]);
      }
      d_weight[output * in_width + input] += static_cast<float>(sum);
    }
  }
}

}  // namespace preceptor::engine
