#include "engine/kernels/row_linear_blocks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "base/random.hpp"
#include "engine/formats/half.hpp"
#include "engine/kernels/threads.hpp"

namespace preceptor::engine {
namespace {

const std::vector<BlockFormat> formats = {{4, 32, 8, false}, {4, 32, 0, true},    {5, 32, 16, false},
                                          {5, 32, 0, true},  {6, 16, 32, false},  {8, 32, 128, false},
                                          {4, 16, 0, true},  {8, 16, 128, false}, {6, 32, 0, true}};

std::vector<BlockKernels> kernels_here() {
  std::vector<BlockKernels> kinds = {block_kernels_plain()};
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c"))
    kinds.push_back(block_kernels_avx2());
  if (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512vl"))
    kinds.push_back(block_kernels_vnni());
  return kinds;
}

std::vector<float> random_values(Random& random, std::size_t count) {
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.normal());
  return values;
}

// Random weights of one format, and what they are as numbers.
struct Weights {
  Weights(Random& random, const BlockFormat& format, std::size_t outputs, std::size_t in_width)
      : in(in_width),
        group(format.group),
        quanta(outputs * in),
        scales(quanta.size() / group),
        offsets(scales.size()),
        values(quanta.size()) {
    for (auto& quantum : quanta) quantum = static_cast<std::uint8_t>(random.below(1U << format.bits));
    for (float& scale : scales) scale = half_to_float(float_to_half(static_cast<float>(random.normal())));
    if (format.has_offsets) {
      for (float& offset : offsets)
        offset = half_to_float(float_to_half(static_cast<float>(random.normal())));
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto whole = static_cast<float>(static_cast<std::int32_t>(quanta[i]) - format.zero);
      values[i] = scales[i / group] * whole + offsets[i / group];
    }
  }

  void read(std::size_t output, const OutputQuanta& to) const {
    const std::size_t groups = in / group;
    std::copy_n(&quanta[output * in], in, to.quanta.begin());
    std::copy_n(&scales[output * groups], groups, to.scales.begin());
    std::copy_n(&offsets[output * groups], groups, to.offsets.begin());
  }

  std::size_t in, group;
  std::vector<std::uint8_t> quanta;
  std::vector<float> scales, offsets, values;
};

TEST(RowLinearBlocks, IsAsExactAsEightBitsOfXAllow) {
  Random random(1);
  for (const BlockFormat& format : formats) {
    for (const auto& [rows, out, in] :
         {std::array{1, 32, 32}, {3, 33, 64}, {7, 96, 256}, {13, 31, 96}, {40, 70, 160}}) {
      const Weights weights(random, format, static_cast<std::size_t>(out), static_cast<std::size_t>(in));
      const auto x = random_values(random, static_cast<std::size_t>(rows * in));
      RowLinearBlocks linear(in, {{format, out}});
      linear.pack([&](std::size_t output, const OutputQuanta& to) { weights.read(output, to); });
      std::vector<float> got(static_cast<std::size_t>(rows * out));
      linear.forward(got, x, rows);
      for (int row = 0; row < rows; ++row) {
        for (int output = 0; output < out; ++output) {
          double sum = 0, size = 0;
          for (int i = 0; i < in; ++i) {
            const double product = static_cast<double>(x[static_cast<std::size_t>(row * in + i)]) *
                                   weights.values[static_cast<std::size_t>(output * in + i)];
            sum += product;
            size += product * product;
          }
          // Each value is off by at most half of a 127th of its group's largest one.
          EXPECT_NEAR(got[static_cast<std::size_t>(row * out + output)], sum, 0.04 * std::sqrt(size) + 1e-4)
              << format.bits << ' ' << format.group << ' ' << row << ' ' << output;
        }
      }
    }
  }
}

TEST(RowLinearBlocks, EveryKindOfCpuGivesTheSameBits) {
  constexpr std::size_t rows = 15, groups = 5;
  Random random(2);
  for (const BlockFormat& format : formats) {
    const auto x = random_values(random, rows * groups * format.group);
    std::vector<std::byte> blocks(groups * format.block_bytes());
    const Weights weights(random, format, block_panel_width * groups, format.group);
    for (std::size_t group = 0; group < groups; ++group) {
      const std::size_t first = group * block_panel_width;
      pack_block(&blocks[group * format.block_bytes()], format, &weights.quanta[first * format.group],
                 &weights.scales[first], &weights.offsets[first]);
    }
    std::vector<float> first;
    for (const BlockKernels& kind : kernels_here()) {
      std::vector<std::int8_t> values(x.size());
      std::vector<float> scales(rows * groups);
      std::vector<std::int32_t> sums(rows * groups);
      for (std::size_t i = 0; i < rows * groups; ++i)
        scales[i] = kind.round(&values[i * format.group], &sums[i], &x[i * format.group], format.group);
      const RoundedX rounded{values.data(), scales.data(), sums.data(), groups};
      std::vector<float> out(rows * block_panel_width), widened(out.size());
      kind.multiply(out.data(), block_panel_width, rounded, blocks.data(), format, rows);
      if (first.empty()) first = out;
      EXPECT_EQ(out, first) << format.bits;
      if (format.bits == 8) continue;
      std::vector<std::byte> wide(groups * format.in_bytes().block_bytes());
      kind.widen(wide.data(), blocks.data(), format, groups);
      kind.multiply(widened.data(), block_panel_width, rounded, wide.data(), format.in_bytes(), rows);
      EXPECT_EQ(widened, first) << format.bits;
    }
  }
}

TEST(RowLinearBlocks, PartsHeldDifferentlyStandSideBySideAndRowsHaveTheSameBitsAlone) {
  constexpr std::int32_t rows = 37, in = 256;
  const std::vector<RowLinearBlocks::Part> parts = {{formats[2], 70}, {formats[4], 33}, {formats[5], 64}};
  Random random(3);
  std::vector<Weights> weights;
  for (const auto& part : parts)
    weights.emplace_back(random, part.format, static_cast<std::size_t>(part.outputs), in);
  RowLinearBlocks linear(in, parts);
  linear.pack([&](std::size_t output, const OutputQuanta& to) {
    if (output < 70) return weights[0].read(output, to);
    if (output < 103) return weights[1].read(output - 70, to);
    weights[2].read(output - 103, to);
  });
  const auto x = random_values(random, rows * in);
  std::vector<float> together(rows * 167U), alone(167), part(rows * 33U);
  linear.forward(together, x, rows);
  for (std::size_t row = 0; row < rows; ++row) {
    const ThreadScope scope(1 + static_cast<int>(row % 3));
    linear.forward(alone, std::span(x).subspan(row * in, in), 1);
    EXPECT_EQ(alone, std::vector(together.begin() + static_cast<std::ptrdiff_t>(row * 167),
                                 together.begin() + static_cast<std::ptrdiff_t>(row * 167 + 167)));
  }
  RowLinearBlocks middle(in, {parts[1]});
  middle.pack([&](std::size_t output, const OutputQuanta& to) { weights[1].read(output, to); });
  middle.forward(part, x, rows);
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t i = 0; i < 33; ++i) EXPECT_EQ(part[row * 33 + i], together[row * 167 + 70 + i]);
  }
}

TEST(RowLinearBlocks, WhatIsNoNumberStaysNone) {
  Random random(4);
  const Weights weights(random, formats[0], 32, 64);
  RowLinearBlocks linear(64, {{formats[0], 32}});
  linear.pack([&](std::size_t output, const OutputQuanta& to) { weights.read(output, to); });
  auto x = random_values(random, 64);
  x[40] = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> out(32);
  linear.forward(out, x, 1);
  for (const float value : out) EXPECT_TRUE(std::isnan(value));
}

}  // namespace
}  // namespace preceptor::engine
