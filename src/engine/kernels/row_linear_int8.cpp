#include "engine/kernels/row_linear_int8.hpp"

#include <omp.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>
#include <vector>

#include "engine/kernels/int8_panel.hpp"
#include "engine/kernels/parallel.hpp"
#include "engine/kernels/work_shares.hpp"

namespace preceptor::engine {
namespace {

static_assert(RowLinearInt8::group_size == int8_group_size);

constexpr float largest = 127.0F;
constexpr std::size_t rows_per_block = 96;            // that go through a panel together
constexpr std::size_t parallel_work_min = 1U << 16U;  // multiplications worth waking threads for
constexpr std::size_t rows_per_turn = 8;              // rounded by one thread

std::size_t panels_of(std::size_t out_width) { return (out_width + int8_panel_width - 1) / int8_panel_width; }

float scale_of(std::span<const float> weights) {
  float most = 0;
  for (const float weight : weights) most = std::max(most, std::fabs(weight));
  return most / largest;
}

// Zero, or not a number when one of the weights is none: the scale carries it on.
float nothing_of(std::span<const float> weights) {
  float nothing = 0;
  for (const float weight : weights) nothing += weight * 0.0F;
  return nothing;
}

std::int32_t rounded(float weight, float scale) {
  return scale > 0 ? static_cast<std::int32_t>(std::lrint(weight / scale)) : 0;
}

// The rows of x in eight bits, in memory of one thread that only grows.
struct RoundedRows {
  std::vector<std::int8_t> values;
  std::vector<float> scales;
  std::vector<std::int32_t> sums;

  Int8Rows round(std::span<const float> x, std::size_t rows, std::size_t in, const Int8Kernels& kernels) {
    const std::size_t groups = (in + int8_group_size - 1) / int8_group_size;
    if (scales.size() < rows * groups) {
      values.resize(rows * groups * int8_group_size);
      scales.resize(rows * groups);
      sums.resize(rows * groups);
    }
    parallel_blocks(rows, rows_per_turn, [&](std::size_t begin, std::size_t end) {
      for (std::size_t place = begin * groups; place < end * groups; ++place) {
        const std::size_t first = place % groups * int8_group_size;
        const std::size_t count = std::min(int8_group_size, in - first);
        const float* from = &x[place / groups * in + first];
        float filled[int8_group_size] = {};  // a group that x does not fill, with zeros
        if (count < int8_group_size) from = std::copy_n(from, count, filled) - count;
        scales[place] = kernels.round(&values[place * int8_group_size], &sums[place], from, int8_group_size);
      }
    });
    return {values.data(), scales.data(), sums.data(), groups};
  }
};

}  // namespace

RowLinearInt8::RowLinearInt8(std::int32_t out_width, std::int32_t in_width)
    : out_(static_cast<std::size_t>(out_width)), in_(static_cast<std::size_t>(in_width)) {}

void RowLinearInt8::make_room() {
  if (blocks_.size() > 0) return;
  blocks_ = UnfilledArray<std::byte>(panels_of(out_) * groups() * int8_block_bytes, PageUse::shared);
}

void RowLinearInt8::pack(std::span<const float> weight) {
  assert(weight.size() == out_ * in_);
  make_room();
  parallel_items(panels_of(out_), [&](std::size_t panel) {
    const std::size_t first = panel * int8_panel_width;
    pack_panel(panel, weight.subspan(first * in_, std::min(int8_panel_width, out_ - first) * in_));
  });
}

void RowLinearInt8::pack(
    const std::function<void(std::span<float> rows, std::size_t first, std::size_t count)>& read) {
  make_room();
  parallel_items(panels_of(out_), [&](std::size_t panel) {
    const std::size_t first = panel * int8_panel_width;
    const std::size_t count = std::min(int8_panel_width, out_ - first);
    thread_local std::vector<float> rows;
    rows.resize(count * in_);
    read(rows, first, count);
    pack_panel(panel, rows);
  });
}

void RowLinearInt8::pack_panel(std::size_t panel, std::span<const float> rows) {
  const std::size_t columns = rows.size() / in_;
  for (std::size_t group = 0; group < groups(); ++group) {
    std::byte* block = blocks_.data() + (panel * groups() + group) * int8_block_bytes;
    const std::size_t begin = group * group_size;
    const std::size_t count = std::min(group_size, in_ - begin);
    std::fill_n(block, int8_weights_bytes, std::byte{128});
    for (std::size_t column = 0; column < int8_panel_width; ++column) {
      float scale = 0;
      if (column < columns) {
        const auto from = rows.subspan(column * in_ + begin, count);
        scale = scale_of(from) + nothing_of(from);
        for (std::size_t i = 0; i < count; ++i) {
          block[i / 4 * int8_panel_width * 4 + column * 4 + i % 4] =
              static_cast<std::byte>(rounded(from[i], scale) + 128);
        }
      }
      std::memcpy(block + int8_weights_bytes + column * sizeof scale, &scale, sizeof scale);
    }
  }
}

void RowLinearInt8::run_panel(std::span<float> out, const Int8Rows& x, std::size_t rows,
                              std::size_t panel) const {
  const Int8Kernels kernels = int8_kernels();
  const std::size_t column = panel * int8_panel_width;
  const std::size_t columns = std::min(int8_panel_width, out_ - column);
  const std::byte* blocks = blocks_.data() + panel * groups() * int8_block_bytes;
  float edge[rows_per_block * int8_panel_width];
  for (std::size_t row = 0; row < rows; row += rows_per_block) {
    const std::size_t count = std::min(rows_per_block, rows - row);
    const bool whole = columns == int8_panel_width;
    kernels.multiply(whole ? &out[row * out_ + column] : edge, whole ? out_ : int8_panel_width, x.from(row),
                     blocks, count);
    if (whole) continue;
    for (std::size_t i = 0; i < count; ++i)
      std::copy_n(edge + i * int8_panel_width, columns, &out[(row + i) * out_ + column]);
  }
}

void RowLinearInt8::forward(std::span<float> out, std::span<const float> x, std::int32_t row_count) const {
  const auto rows = static_cast<std::size_t>(row_count);
  thread_local RoundedRows memory;
  const Int8Rows rounded_x = memory.round(x, rows, in_, int8_kernels());
  const std::size_t panels = panels_of(out_);
  if (rows * out_ * in_ < parallel_work_min) {
    for (std::size_t panel = 0; panel < panels; ++panel) run_panel(out, rounded_x, rows, panel);
    return;
  }
  WorkShares shares(panels, omp_get_max_threads());
#pragma omp parallel
  shares.run(omp_get_thread_num(), [&](std::size_t begin, std::size_t end) {
    for (std::size_t panel = begin; panel < end; ++panel) run_panel(out, rounded_x, rows, panel);
  });
}

void row_linear_int8_reference(std::span<float> out, std::span<const float> x, std::span<const float> weight,
                               std::int32_t rows, std::int32_t out_width, std::int32_t in_width) {
  const auto in = static_cast<std::size_t>(in_width);
  const auto outputs = static_cast<std::size_t>(out_width);
  for (std::size_t row = 0; row < static_cast<std::size_t>(rows); ++row) {
    for (std::size_t output = 0; output < outputs; ++output) {
      float total = 0;
      for (std::size_t begin = 0; begin < in; begin += RowLinearInt8::group_size) {
        const std::size_t count = std::min(RowLinearInt8::group_size, in - begin);
        const auto values = x.subspan(row * in + begin, count);
        const auto weights = weight.subspan(output * in + begin, count);
        float most = 0;
        for (const float value : values) most = std::max(most, std::fabs(value));
        const float x_scale = most / largest;
        const float inverse = most > 0 ? largest / most : 0.0F;
        const float weight_scale = scale_of(weights);
        std::int32_t sum = 0;
        for (std::size_t i = 0; i < count; ++i)
          sum +=
              static_cast<std::int32_t>(std::lrint(values[i] * inverse)) * rounded(weights[i], weight_scale);
        total = std::fma(static_cast<float>(sum), weight_scale * x_scale, total);
      }
      out[row * outputs + output] = total;
    }
  }
}

}  // namespace preceptor::engine
