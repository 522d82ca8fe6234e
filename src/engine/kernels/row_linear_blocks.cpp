#include "engine/kernels/row_linear_blocks.hpp"

#include <algorithm>
#include <cassert>

#include "engine/kernels/parallel.hpp"

namespace preceptor::engine {
namespace {

constexpr std::size_t rows_per_block = 96;            // that go through a panel together
constexpr std::size_t rows_to_widen_min = 12;         // with more, unpacking once into memory pays
constexpr std::size_t parallel_work_min = 1U << 16U;  // multiplications worth waking threads for
constexpr std::size_t panels_per_turn = 4;
constexpr std::size_t rows_per_turn = 16;

// The rows of x in groups of one size, in memory of one thread that only grows.
struct RoundedRows {
  std::vector<std::int8_t> values;
  std::vector<float> scales;
  std::vector<std::int32_t> sums;

  RoundedX round(std::span<const float> x, std::size_t rows, std::size_t in, std::size_t group) {
    const std::size_t groups = in / group;
    if (values.size() < rows * in) values.resize(rows * in);
    if (scales.size() < rows * groups) {
      scales.resize(rows * groups);
      sums.resize(rows * groups);
    }
    const auto kernel = block_kernels().round;
    parallel_blocks(rows, rows_per_turn, [&](std::size_t begin, std::size_t end) {
      for (std::size_t place = begin * groups; place < end * groups; ++place)
        scales[place] = kernel(&values[place * group], &sums[place], &x[place * group], group);
    });
    return {values.data(), scales.data(), sums.data(), groups};
  }
};

}  // namespace

RowLinearBlocks::RowLinearBlocks(std::int32_t in_width, std::vector<Part> parts)
    : in_(static_cast<std::size_t>(in_width)) {
  std::size_t bytes = 0;
  for (const Part& part : parts) {
    assert(in_ % part.format.group == 0);
    (part.format.group == 16 ? uses_16_ : uses_32_) = true;
    const auto outputs = static_cast<std::size_t>(part.outputs);
    for (std::size_t first = 0; first < outputs; first += block_panel_width) {
      panels_.push_back({part.format, out_ + first, std::min(block_panel_width, outputs - first), bytes});
      bytes += groups_of(part.format) * part.format.block_bytes();
    }
    out_ += outputs;
  }
  blocks_ = UnfilledArray<std::byte>(bytes, PageUse::shared);
}

void RowLinearBlocks::pack(const Read& read) {
  parallel_items(panels_.size(), [&](std::size_t panel) { pack_panel(panels_[panel], read); });
}

void RowLinearBlocks::pack_panel(const Panel& panel, const Read& read) {
  const BlockFormat& format = panel.format;
  const std::size_t groups = groups_of(format);
  std::vector<std::uint8_t> rows(block_panel_width * in_), quanta(format.weights());
  std::vector<float> scales(block_panel_width * groups), offsets(block_panel_width * groups);
  for (std::size_t output = 0; output < panel.count; ++output) {
    read(panel.output + output,
         {std::span(rows).subspan(output * in_, in_), std::span(scales).subspan(output * groups, groups),
          std::span(offsets).subspan(output * groups, groups)});
  }
  float group_scales[block_panel_width], group_offsets[block_panel_width];
  for (std::size_t group = 0; group < groups; ++group) {
    for (std::size_t output = 0; output < block_panel_width; ++output) {
      std::copy_n(&rows[output * in_ + group * format.group], format.group, &quanta[output * format.group]);
      group_scales[output] = scales[output * groups + group];
      group_offsets[output] = offsets[output * groups + group];
    }
    pack_block(blocks_.data() + panel.offset + group * format.block_bytes(), format, quanta.data(),
               group_scales, group_offsets);
  }
}

void RowLinearBlocks::run_panel(std::span<float> out, const RoundedX& x, std::size_t rows,
                                const Panel& panel) const {
  const BlockKernels kernels = block_kernels();
  const std::byte* blocks = blocks_.data() + panel.offset;
  BlockFormat format = panel.format;
  if (rows >= rows_to_widen_min && format.bits < 8) {
    thread_local UnfilledArray<std::byte> wide;
    const std::size_t bytes = x.groups * format.in_bytes().block_bytes();
    if (wide.size() < bytes) wide = UnfilledArray<std::byte>(bytes);
    kernels.widen(wide.data(), blocks, format, x.groups);
    blocks = wide.data();
    format = format.in_bytes();
  }
  float edge[rows_per_block * block_panel_width];
  const bool whole = panel.count == block_panel_width;
  for (std::size_t row = 0; row < rows; row += rows_per_block) {
    const std::size_t count = std::min(rows_per_block, rows - row);
    kernels.multiply(whole ? &out[row * out_ + panel.output] : edge, whole ? out_ : block_panel_width,
                     x.from(row, format.group), blocks, format, count);
    if (whole) continue;
    for (std::size_t i = 0; i < count; ++i)
      std::copy_n(edge + i * block_panel_width, panel.count, &out[(row + i) * out_ + panel.output]);
  }
}

void RowLinearBlocks::forward(std::span<float> out, std::span<const float> x, std::int32_t row_count) const {
  const auto rows = static_cast<std::size_t>(row_count);
  thread_local RoundedRows narrow, broad;
  RoundedX in_16, in_32;
  if (uses_16_) in_16 = narrow.round(x, rows, in_, 16);
  if (uses_32_) in_32 = broad.round(x, rows, in_, 32);
  const auto run = [&](std::size_t begin, std::size_t end) {
    for (std::size_t panel = begin; panel < end; ++panel)
      run_panel(out, panels_[panel].format.group == 16 ? in_16 : in_32, rows, panels_[panel]);
  };
  if (rows * out_ * in_ < parallel_work_min) return run(0, panels_.size());
  parallel_blocks(panels_.size(), panels_per_turn, run);
}

}  // namespace preceptor::engine
