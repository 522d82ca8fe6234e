// Register-blocked products of small fp32 matrices in cache, for attention within one sequence.
// clang-format off
#if defined(PRECEPTOR_ENGINE_KERNELS_SMALL_MATMUL_INL) == defined(HWY_TARGET_TOGGLE)
#ifdef PRECEPTOR_ENGINE_KERNELS_SMALL_MATMUL_INL
#undef PRECEPTOR_ENGINE_KERNELS_SMALL_MATMUL_INL
#else
#define PRECEPTOR_ENGINE_KERNELS_SMALL_MATMUL_INL
#endif
// clang-format on

#include "engine/kernels/simd-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace preceptor::engine::HWY_NAMESPACE {

// Element (row, column) stands at data[row * row_step + column * column_step].
struct LeftMatrix {
  const float* data;
  std::size_t row_step;
  std::size_t column_step;
};

enum class Onto { zero, present };

constexpr std::size_t tile_rows = 6;
constexpr std::size_t tile_vectors = HWY_MAX_BYTES >= 64 ? 4 : 2;

// c (Rows, Vectors * lanes) = [c +] a (Rows, depth) · b (depth, Vectors * lanes); each sum goes through depth
// in order.
template <std::size_t Rows, std::size_t Vectors>
HWY_INLINE void multiply_tile(float* c, std::size_t c_step, const LeftMatrix& a, const float* b,
                              std::size_t b_step, std::size_t depth, Onto onto) {
  const Lanes d;
  const std::size_t lanes = hn::Lanes(d);
  Vector sum[Rows][Vectors];
  for (std::size_t row = 0; row < Rows; ++row) {
    for (std::size_t v = 0; v < Vectors; ++v) {
      sum[row][v] = onto == Onto::present ? hn::LoadU(d, c + row * c_step + v * lanes) : hn::Zero(d);
    }
  }
  for (std::size_t k = 0; k < depth; ++k) {
    Vector right[Vectors];
    for (std::size_t v = 0; v < Vectors; ++v) right[v] = hn::LoadU(d, b + k * b_step + v * lanes);
    for (std::size_t row = 0; row < Rows; ++row) {
      const Vector left = hn::Set(d, a.data[row * a.row_step + k * a.column_step]);
      for (std::size_t v = 0; v < Vectors; ++v) sum[row][v] = hn::MulAdd(left, right[v], sum[row][v]);
    }
  }
  for (std::size_t row = 0; row < Rows; ++row) {
    for (std::size_t v = 0; v < Vectors; ++v) hn::StoreU(sum[row][v], d, c + row * c_step + v * lanes);
  }
}

template <std::size_t Rows>
HWY_INLINE void multiply_rows(float* c, std::size_t c_step, const LeftMatrix& a, const float* b,
                              std::size_t b_step, std::size_t columns, std::size_t depth, Onto onto) {
  const std::size_t lanes = hn::Lanes(Lanes());
  std::size_t column = 0;
  for (; column + tile_vectors * lanes <= columns; column += tile_vectors * lanes) {
    multiply_tile<Rows, tile_vectors>(c + column, c_step, a, b + column, b_step, depth, onto);
  }
  for (; column + 2 * lanes <= columns; column += 2 * lanes) {
    multiply_tile<Rows, 2>(c + column, c_step, a, b + column, b_step, depth, onto);
  }
  if (column < columns) multiply_tile<Rows, 1>(c + column, c_step, a, b + column, b_step, depth, onto);
}

// c (rows, columns) = [c +] a (rows, depth) · b (depth, columns); columns is a multiple of the lanes.
HWY_INLINE void multiply(float* c, std::size_t c_step, LeftMatrix a, const float* b, std::size_t b_step,
                         std::size_t rows, std::size_t columns, std::size_t depth, Onto onto) {
  std::size_t row = 0;
  const auto advance = [&](std::size_t count) HWY_ATTR {
    row += count;
    a.data += count * a.row_step;
    c += count * c_step;
  };
  for (; row + tile_rows <= rows; advance(tile_rows)) {
    multiply_rows<tile_rows>(c, c_step, a, b, b_step, columns, depth, onto);
  }
  if (row + 3 <= rows) {
    multiply_rows<3>(c, c_step, a, b, b_step, columns, depth, onto);
    advance(3);
  }
  for (; row < rows; advance(1)) multiply_rows<1>(c, c_step, a, b, b_step, columns, depth, onto);
}

// out (columns, out_step) = in (rows, in_step) transposed; rows and columns are multiples of the lanes.
HWY_INLINE void transpose(float* out, std::size_t out_step, const float* in, std::size_t in_step,
                          std::size_t rows, std::size_t columns) {
#if HWY_TARGET == HWY_SCALAR
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column)
      out[column * out_step + row] = in[row * in_step + column];
  }
#else
  const hn::FixedTag<float, 4> four;
  const hn::Repartition<double, decltype(four)> two;
  for (std::size_t row = 0; row < rows; row += 4) {
    for (std::size_t column = 0; column < columns; column += 4) {
      const float* from = in + row * in_step + column;
      const auto a = hn::LoadU(four, from);
      const auto b = hn::LoadU(four, from + in_step);
      const auto c = hn::LoadU(four, from + 2 * in_step);
      const auto e = hn::LoadU(four, from + 3 * in_step);
      const auto low_ab = hn::BitCast(two, hn::InterleaveLower(four, a, b));
      const auto low_ce = hn::BitCast(two, hn::InterleaveLower(four, c, e));
      const auto high_ab = hn::BitCast(two, hn::InterleaveUpper(four, a, b));
      const auto high_ce = hn::BitCast(two, hn::InterleaveUpper(four, c, e));
      float* to = out + column * out_step + row;
      hn::StoreU(hn::BitCast(four, hn::InterleaveLower(two, low_ab, low_ce)), four, to);
      hn::StoreU(hn::BitCast(four, hn::InterleaveUpper(two, low_ab, low_ce)), four, to + out_step);
      hn::StoreU(hn::BitCast(four, hn::InterleaveLower(two, high_ab, high_ce)), four, to + 2 * out_step);
      hn::StoreU(hn::BitCast(four, hn::InterleaveUpper(two, high_ab, high_ce)), four, to + 3 * out_step);
    }
  }
#endif
}

}  // namespace preceptor::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
