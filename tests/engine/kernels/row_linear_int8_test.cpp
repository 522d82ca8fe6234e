#include "engine/kernels/row_linear_int8.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "base/random.hpp"
#include "engine/kernels/int8_panel.hpp"
#include "engine/kernels/row_linear.hpp"
#include "engine/kernels/threads.hpp"

namespace preceptor::engine {
namespace {

std::vector<float> random_values(std::uint64_t seed, std::size_t count) {
  Random random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.normal());
  return values;
}

struct Shape {
  std::int32_t rows, out, in;
};
const std::vector<Shape> shapes = {{1, 32, 64},  {1, 1, 1},    {3, 33, 65},   {7, 96, 128}, {13, 31, 63},
                                   {2, 100, 30}, {5, 64, 576}, {100, 40, 70}, {6, 250, 192}};

TEST(RowLinearInt8, HasTheBitsOfThePlainLoops) {
  for (const auto& [rows, out, in] : shapes) {
    auto x = random_values(1, static_cast<std::size_t>(rows * in));
    const auto weight = random_values(2, static_cast<std::size_t>(out * in));
    std::fill_n(x.begin(), in / 2, 0.0F);  // a group of zeros
    RowLinearInt8 linear(out, in);
    linear.pack(weight);
    std::vector<float> fast(static_cast<std::size_t>(rows * out));
    std::vector<float> plain(fast.size());
    linear.forward(fast, x, rows);
    row_linear_int8_reference(plain, x, weight, rows, out, in);
    EXPECT_EQ(fast, plain) << rows << ' ' << out << ' ' << in;
  }
}

TEST(RowLinearInt8, EveryKindOfCpuGivesTheSameBits) {
  std::vector<Int8Kernels> kinds = {int8_kernels_plain()};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) kinds.push_back(int8_kernels_avx2());
  if (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512vl"))
    kinds.push_back(int8_kernels_vnni());
  for (const std::size_t groups : {1U, 2U, 5U, 9U}) {
    std::vector<std::byte> blocks(groups * int8_block_bytes);
    Random random(4);
    for (std::byte& byte : blocks) byte = static_cast<std::byte>(random.below(256));
    for (std::size_t group = 0; group < groups; ++group) {
      auto* scales = reinterpret_cast<float*>(blocks.data() + group * int8_block_bytes + int8_weights_bytes);
      for (std::size_t i = 0; i < int8_panel_width; ++i) scales[i] = static_cast<float>(random.uniform());
    }
    for (const std::size_t rows : {1U, 2U, 3U, 4U, 5U, 7U, 9U, 17U}) {
      const auto x = random_values(3, rows * groups * int8_group_size);
      std::vector<float> first;
      for (const Int8Kernels& kind : kinds) {
        std::vector<std::int8_t> values(x.size());
        std::vector<float> scales(rows * groups);
        std::vector<std::int32_t> sums(rows * groups);
        for (std::size_t i = 0; i < rows * groups; ++i)
          scales[i] =
              kind.round(&values[i * int8_group_size], &sums[i], &x[i * int8_group_size], int8_group_size);
        constexpr std::size_t out_step = int8_panel_width + 3;
        std::vector<float> out(rows * out_step, 0.5F);  // what is behind the columns stays
        kind.multiply(out.data(), out_step, {values.data(), scales.data(), sums.data(), groups},
                      blocks.data(), rows);
        if (first.empty()) first = out;
        EXPECT_EQ(out, first) << rows << " rows, " << groups << " groups";
        for (std::size_t row = 0; row < rows; ++row)
          EXPECT_EQ(out[row * out_step + int8_panel_width], 0.5F) << rows << " rows, " << groups << " groups";
      }
    }
  }
}

TEST(RowLinearInt8, ARowHasTheSameBitsAloneAndOnAnyNumberOfThreads) {
  constexpr std::int32_t rows = 37;
  constexpr std::int32_t out = 200;
  constexpr std::int32_t in = 300;
  const auto x = random_values(5, rows * in);
  RowLinearInt8 linear(out, in);
  linear.pack(random_values(6, out * in));
  std::vector<float> together(rows * out);
  linear.forward(together, x, rows);
  const ThreadScope scope(1);
  for (std::int32_t row = 0; row < rows; ++row) {
    std::vector<float> alone(out);
    linear.forward(alone, std::span(x).subspan(static_cast<std::size_t>(row * in), in), 1);
    EXPECT_TRUE(std::equal(alone.begin(), alone.end(), together.begin() + row * out)) << row;
  }
}

TEST(RowLinearInt8, WhatIsNoNumberIsNotHidden) {
  constexpr std::int32_t in = 130;
  auto x = random_values(7, in);
  auto weight = random_values(8, 2 * in);
  RowLinearInt8 linear(2, in);
  std::vector<float> out(2);
  for (const float bad : {std::nanf(""), std::numeric_limits<float>::infinity()}) {
    linear.pack(weight);
    auto bad_x = x;
    bad_x[70] = bad;
    linear.forward(out, bad_x, 1);
    EXPECT_TRUE(std::isnan(out[0]) && std::isnan(out[1]));
    auto bad_weight = weight;
    bad_weight[3] = bad;
    linear.pack(bad_weight);
    linear.forward(out, x, 1);
    EXPECT_TRUE(std::isnan(out[0]));
    EXPECT_FALSE(std::isnan(out[1]));
  }
}

TEST(RowLinearInt8, IsWithinOnePercentOfExactWeights) {
  constexpr std::int32_t rows = 4;
  constexpr std::int32_t out = 300;
  constexpr std::int32_t in = 576;
  const auto x = random_values(7, rows * in);
  const auto weight = random_values(8, out * in);
  RowLinearInt8 linear(out, in);
  linear.pack(weight);
  std::vector<float> rough(rows * out);
  std::vector<float> exact(rows * out);
  linear.forward(rough, x, rows);
  row_linear_reference(exact, x, weight, rows, out, in);
  double error = 0;
  double size = 0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    error += std::pow(rough[i] - exact[i], 2);
    size += std::pow(exact[i], 2);
  }
  EXPECT_LT(std::sqrt(error / size), 0.01);
  EXPECT_LT(linear.bytes(), static_cast<std::size_t>(out + 32) * (in + 64) * 11 / 10);
}

}  // namespace
}  // namespace preceptor::engine
