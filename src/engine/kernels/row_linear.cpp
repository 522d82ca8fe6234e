#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/row_linear.cpp"
#include "engine/kernels/targets.hpp"
// clang-format off
#include "engine/kernels/small_matmul-inl.hpp"
// clang-format on

#include <omp.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <optional>

#include "engine/kernels/aligned.hpp"
#include "engine/kernels/isa.hpp"
#include "engine/kernels/parallel.hpp"
#include "engine/kernels/row_linear.hpp"
#include "engine/kernels/row_linear_bf16.hpp"
#include "engine/kernels/row_linear_int8.hpp"
#include "engine/kernels/unfilled_array.hpp"
#include "engine/kernels/work_shares.hpp"

HWY_BEFORE_NAMESPACE();
namespace preceptor::engine::HWY_NAMESPACE {
namespace {

// out (rows, out_step), of which fp32_panel_width columns are written, = x (rows, depth) · panel (depth,
// fp32_panel_width)
void multiply_panel(float* out, std::size_t out_step, const float* x, const float* panel, std::size_t rows,
                    std::size_t depth) {
  multiply(out, out_step, {x, depth, 1}, panel, fp32_panel_width, rows, fp32_panel_width, depth, Onto::zero);
}

}  // namespace
}  // namespace preceptor::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace preceptor::engine {

HWY_EXPORT(multiply_panel);

namespace {

// Rows that go through a panel together: their inputs stay in the second-level cache.
constexpr std::size_t rows_per_block = 96;
constexpr std::size_t pairs_per_line = 16;             // of bf16, in a cache line
constexpr std::size_t parallel_work_min = 1U << 15U;   // multiplications worth waking threads for
constexpr std::size_t rows_to_round_together_min = 8;  // with fewer, one thread is done before all have met

constexpr std::size_t panel_width_max = std::max(fp32_panel_width, bf16_panel_width);

}  // namespace

struct RowLinear::Packed {
  std::size_t out;
  std::size_t in;
  Precision precision;
  UnfilledArray<float> fp32;  // (panels, in, width())
  UnfilledArray<Bf16> bf16;   // (panels, pairs, width(), 2): the two inputs of a pair side by side
  std::optional<RowLinearInt8> int8 = {};  // instead of either

  std::size_t pairs() const { return (in + 1) / 2; }
  // Of a panel, in outputs.
  std::size_t width() const { return precision == Precision::bf16 ? bf16_panel_width : fp32_panel_width; }
  std::size_t panels() const { return (out + width() - 1) / width(); }

  void make_room() {
    if (precision == Precision::fp32 && fp32.size() == 0) {
      fp32 = UnfilledArray<float>(panels() * in * width(), PageUse::shared);
    } else if (precision == Precision::bf16 && bf16.size() == 0) {
      bf16 = UnfilledArray<Bf16>(panels() * pairs() * 2 * width(), PageUse::shared);
    }
  }

  // rows: those of the panel's outputs, (at most panel_width, in)
  void pack_panel(std::size_t panel, const float* rows) {
    const std::size_t columns = std::min(width(), out - panel * width());
    if (precision == Precision::fp32) {
      float* to = fp32.data() + panel * in * fp32_panel_width;
      if (columns < fp32_panel_width) std::fill_n(to, in * fp32_panel_width, 0.0F);
      for (std::size_t column = 0; column < columns; ++column) {
        for (std::size_t k = 0; k < in; ++k) to[k * fp32_panel_width + column] = rows[column * in + k];
      }
      return;
    }
    Bf16* to = bf16.data() + panel * pairs() * 2 * bf16_panel_width;
    if (columns < bf16_panel_width || in % 2 != 0) std::fill_n(to, pairs() * 2 * bf16_panel_width, Bf16{});
    for (std::size_t column = 0; column < columns; ++column) {
      for (std::size_t k = 0; k < in; ++k)
        to[(k / 2 * bf16_panel_width + column) * 2 + k % 2] = to_bf16(rows[column * in + k]);
    }
  }

  void pack_panel_bf16(std::size_t panel, const FindOutput& find) {
    const std::size_t first = panel * bf16_panel_width;
    const std::size_t columns = std::min(bf16_panel_width, out - first);
    Bf16* to = bf16.data() + panel * pairs() * 2 * bf16_panel_width;
    if (columns < bf16_panel_width || in % 2 != 0) std::fill_n(to, pairs() * 2 * bf16_panel_width, Bf16{});
    const std::byte* from[bf16_panel_width];
    for (std::size_t column = 0; column < columns; ++column) from[column] = find(first + column);
    // A cache line of every row at a time: rows may lie apart by so much that few lines of a column fit.
    std::byte lines[bf16_panel_width][pairs_per_line * 4];
    for (std::size_t begin = 0; begin < in / 2; begin += pairs_per_line) {
      const std::size_t count = std::min(pairs_per_line, in / 2 - begin);
      for (std::size_t column = 0; column < columns; ++column)
        std::memcpy(lines[column], from[column] + begin * 4, count * 4);
      for (std::size_t pair = 0; pair < count; ++pair) {
        for (std::size_t column = 0; column < columns; ++column)
          std::memcpy(to + ((begin + pair) * bf16_panel_width + column) * 2, &lines[column][pair * 4], 4);
      }
    }
    if (in % 2 == 0) return;
    for (std::size_t column = 0; column < columns; ++column)
      std::memcpy(to + (in / 2 * bf16_panel_width + column) * 2, from[column] + (in - 1) * 2, 2);
  }

  // Writes columns [panel * width(), …) of the given rows.
  void run_panel(std::span<float> out_rows, const float* x, const Bf16* x_pairs, std::size_t rows,
                 std::size_t panel) const {
    const std::size_t column = panel * width();
    const std::size_t columns = std::min(width(), out - column);
    const bool whole = columns == width();
    float edge[rows_per_block * panel_width_max];
    for (std::size_t row = 0; row < rows; row += rows_per_block) {
      const std::size_t count = std::min(rows_per_block, rows - row);
      float* to = whole ? &out_rows[row * out + column] : edge;
      const std::size_t step = whole ? out : width();
      if (precision == Precision::fp32) {
        HWY_DYNAMIC_DISPATCH(multiply_panel)
        (to, step, x + row * in, fp32.data() + panel * in * width(), count, in);
      } else {
        const Bf16* weights = bf16.data() + panel * pairs() * 2 * width();
        const bool is_last = row + count == rows;
        multiply_panel_bf16(to, step, x_pairs + row * 2 * pairs(), weights, count, pairs(),
                            is_last && panel + 1 < panels() ? weights + pairs() * 2 * width() : nullptr);
      }
      if (whole) continue;
      for (std::size_t i = 0; i < count; ++i) {
        std::copy_n(edge + i * width(), columns, &out_rows[(row + i) * out + column]);
      }
    }
  }
};

RowLinear::RowLinear(std::int32_t out_width, std::int32_t in_width, Precision precision, WeightFormat format)
    : packed_(std::make_unique<Packed>()) {
  if (format == WeightFormat::int8) packed_->int8.emplace(out_width, in_width);
  packed_->out = static_cast<std::size_t>(out_width);
  packed_->in = static_cast<std::size_t>(in_width);
  packed_->precision = usable_precision(precision);
}

RowLinear::RowLinear(RowLinear&&) noexcept = default;
RowLinear& RowLinear::operator=(RowLinear&&) noexcept = default;
RowLinear::~RowLinear() = default;

std::int32_t RowLinear::out_width() const { return static_cast<std::int32_t>(packed_->out); }
std::int32_t RowLinear::in_width() const { return static_cast<std::int32_t>(packed_->in); }

void RowLinear::pack(std::span<const float> weight) {
  Packed& p = *packed_;
  if (p.int8) return p.int8->pack(weight);
  assert(weight.size() == p.out * p.in);
  p.make_room();
  parallel_items(p.panels(),
                 [&](std::size_t panel) { p.pack_panel(panel, &weight[panel * p.width() * p.in]); });
}

void RowLinear::pack(const ReadOutputs& read) {
  Packed& p = *packed_;
  if (p.int8) return p.int8->pack(read);
  p.make_room();
  parallel_items(p.panels(), [&](std::size_t panel) {
    thread_local std::vector<float> rows;
    const std::size_t first = panel * p.width();
    const std::size_t count = std::min(p.width(), p.out - first);
    rows.resize(count * p.in);
    read(rows, first, count);
    p.pack_panel(panel, rows.data());
  });
}

void RowLinear::pack_bf16(const FindOutput& find) {
  Packed& p = *packed_;
  if (p.int8 || p.precision == Precision::fp32) {
    return pack([&](std::span<float> rows, std::size_t first, std::size_t count) {
      for (std::size_t i = 0; i < count * p.in; ++i) {
        Bf16 value;
        std::memcpy(&value, find(first + i / p.in) + i % p.in * sizeof value, sizeof value);
        rows[i] = to_float(value);
      }
    });
  }
  p.make_room();
  parallel_items(p.panels(), [&](std::size_t panel) { p.pack_panel_bf16(panel, find); });
}

void RowLinear::forward(std::span<float> out, std::span<const float> x, std::int32_t row_count) const {
  const Packed& p = *packed_;
  if (p.int8) return p.int8->forward(out, x, row_count);
  const auto rows = static_cast<std::size_t>(row_count);
  thread_local AlignedArray<Bf16> pair_buffer;
  Bf16* pairs = nullptr;
  const std::size_t step = 2 * p.pairs();
  if (p.precision == Precision::bf16) {
    if (pair_buffer.size() < rows * step) pair_buffer = AlignedArray<Bf16>(rows * step);
    pairs = pair_buffer.data();
  }
  const auto round = [&](std::size_t row) {
    round_row(pairs + row * step, &x[row * p.in], p.in);
    if (p.in % 2 != 0) pairs[row * step + p.in] = Bf16{};
  };
  const bool rounds_together = pairs != nullptr && rows >= rows_to_round_together_min;
  if (pairs != nullptr && !rounds_together) {
    for (std::size_t row = 0; row < rows; ++row) round(row);
  }
  const bool parallel = rows * p.out * p.in >= parallel_work_min;
  WorkShares shares(p.panels(), parallel ? omp_get_max_threads() : 1);
#pragma omp parallel if (parallel)
  {
    if (rounds_together) {
#pragma omp for schedule(static)
      for (std::int32_t row = 0; row < row_count; ++row) round(static_cast<std::size_t>(row));
    }
    shares.run(omp_get_thread_num(), [&](std::size_t begin, std::size_t end) {
      for (std::size_t panel = begin; panel < end; ++panel) p.run_panel(out, x.data(), pairs, rows, panel);
    });
  }
}

void row_linear_reference(std::span<float> out, std::span<const float> x, std::span<const float> weight,
                          std::int32_t rows, std::int32_t out_width, std::int32_t in_width) {
  for (std::int32_t row = 0; row < rows; ++row) {
    for (std::int32_t column = 0; column < out_width; ++column) {
      float sum = 0;
      for (std::int32_t k = 0; k < in_width; ++k)
        sum += x[row * in_width + k] * weight[column * in_width + k];
      out[row * out_width + column] = sum;
    }
  }
}

}  // namespace preceptor::engine
#endif
