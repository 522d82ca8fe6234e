#include "engine/kernels/pair_matmul_bf16.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <vector>

#include "base/random.hpp"
#include "engine/kernels/attention_bf16.hpp"

namespace preceptor::engine {
namespace {

std::vector<Bf16> random_values(std::uint64_t seed, std::size_t count) {
  Random random(seed);
  std::vector<Bf16> values(count);
  for (Bf16& value : values) value = to_bf16(static_cast<float>(random.normal()));
  return values;
}

Pair pair_of(Bf16 first, Bf16 second) {
  return static_cast<Pair>(first.bits) | static_cast<Pair>(second.bits) << 16U;
}
float first_of(Pair pair) { return to_float(Bf16{static_cast<std::uint16_t>(pair & 0xFFFFU)}); }
float second_of(Pair pair) { return to_float(Bf16{static_cast<std::uint16_t>(pair >> 16U)}); }

// The instructions are there, or what needs them is never called.
bool can_run() {
  EXPECT_EQ(attention_bf16_suits({1, 1, 16}), cpu_has_bf16());
  return cpu_has_bf16();
}

struct Shape {
  std::size_t rows, columns, step;
};
const Shape shapes[] = {{1, 2, 2}, {2, 16, 16}, {5, 6, 9}, {17, 20, 20}, {33, 64, 70}, {31, 18, 18}};

TEST(PairMatmulBf16, NeighbouringRowsBecomePairsWithZerosBehindThem) {
  if (!can_run()) return;
  for (const auto [rows, columns, step] : shapes) {
    const auto from = random_values(rows * columns, rows * step);
    const std::size_t to_step = (columns + pair_lanes - 1) / pair_lanes * pair_lanes;
    std::vector<Pair> to((rows + 1) / 2 * to_step, 0xDEADBEEF);
    pair_rows(to.data(), to_step, from.data(), step, rows, columns);
    const auto at = [&](std::size_t row, std::size_t column) {
      return row < rows && column < columns ? from[row * step + column] : Bf16{};
    };
    for (std::size_t r = 0; r < (rows + 1) / 2; ++r) {
      for (std::size_t c = 0; c < to_step; ++c)
        ASSERT_EQ(to[r * to_step + c], pair_of(at(2 * r, c), at(2 * r + 1, c)))
            << rows << ' ' << r << ' ' << c;
    }
  }
}

TEST(PairMatmulBf16, NeighbouringColumnsBecomePairsOfTheTransposedMatrix) {
  if (!can_run()) return;
  for (const auto [rows, columns, step] : shapes) {
    const auto from = random_values(rows * columns + 1, rows * step);
    const std::size_t to_step = (rows + pair_lanes - 1) / pair_lanes * pair_lanes;
    std::vector<Pair> to(columns / 2 * to_step, 0xDEADBEEF);
    transpose_pairs(to.data(), to_step, from.data(), step, rows, columns);
    for (std::size_t p = 0; p < columns / 2; ++p) {
      for (std::size_t r = 0; r < to_step; ++r) {
        const Pair expected =
            r < rows ? pair_of(from[r * step + 2 * p], from[r * step + 2 * p + 1]) : Pair{0};
        ASSERT_EQ(to[p * to_step + r], expected) << rows << ' ' << p << ' ' << r;
      }
    }
  }
}

TEST(PairMatmulBf16, ProductsMatchPlainLoopsOverOddShapes) {
  if (!can_run()) return;
  for (const std::size_t rows : {1U, 2U, 5U, 7U, 12U, 13U, 25U}) {
    for (const std::size_t pairs : {1U, 3U, 8U, 17U}) {
      for (const std::size_t columns : {16U, 32U, 48U, 80U, 144U}) {
        const auto bits = [](const std::vector<Bf16>& values) {
          std::vector<Pair> words(values.size() / 2);
          for (std::size_t i = 0; i < words.size(); ++i) words[i] = pair_of(values[2 * i], values[2 * i + 1]);
          return words;
        };
        const std::size_t out_step = columns + 3, right_step = columns + 16;
        const auto left = bits(random_values(rows * 100 + pairs, 2 * rows * (pairs + 1)));
        const auto right = bits(random_values(columns, 2 * pairs * right_step));
        // Word (row, pair) of the left side stands row by row, or pair by pair.
        for (const LeftPairs& layout :
             {LeftPairs{left.data(), pairs + 1, 1}, LeftPairs{left.data(), 1, rows}}) {
          for (const Into into : {Into::overwrite, Into::add}) {
            std::vector<float> out(rows * out_step, 0.5F);
            multiply_pairs(out.data(), out_step, layout, right.data(), right_step, rows, pairs, columns,
                           into);
            for (std::size_t r = 0; r < rows; ++r) {
              for (std::size_t c = 0; c < out_step; ++c) {
                double sum = into == Into::add || c >= columns ? 0.5 : 0;
                for (std::size_t p = 0; p < pairs && c < columns; ++p) {
                  const Pair mine = layout.words[r * layout.row_step + p * layout.pair_step];
                  const Pair theirs = right[p * right_step + c];
                  sum +=
                      double{first_of(mine)} * first_of(theirs) + double{second_of(mine)} * second_of(theirs);
                }
                ASSERT_NEAR(out[r * out_step + c], sum, 1e-4) << rows << ' ' << pairs << ' ' << columns;
              }
            }
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace preceptor::engine
