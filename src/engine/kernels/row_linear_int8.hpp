#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "engine/kernels/unfilled_array.hpp"

namespace preceptor::engine {

struct Int8Rows;

// Weights in eight bits: those of one output and 64 neighbouring inputs share a scale, so do 64 neighbouring
// values of a row of x, which is rounded inside. Products are summed exactly within such a group, then in
// fp32 group by group in order: a row has the same bits alone, among others, on any number of threads and on
// any CPU. A third of a percent off where fp32 weights are, about 1.06 bytes a weight.
class RowLinearInt8 {
public:
  static constexpr std::size_t group_size = 64;

  RowLinearInt8(std::int32_t out_width, std::int32_t in_width);

  // weight: (out_width, in_width), row-major
  void pack(std::span<const float> weight);
  // The same, filling (count, in_width) rows of outputs first, first + 1, …; called from several threads.
  void pack(const std::function<void(std::span<float> rows, std::size_t first, std::size_t count)>& read);
  // out: (rows, out_width)   x: (rows, in_width). Const use is thread-safe.
  void forward(std::span<float> out, std::span<const float> x, std::int32_t rows) const;

  std::size_t bytes() const { return blocks_.size(); }

private:
  void make_room();
  void pack_panel(std::size_t panel, std::span<const float> rows);  // rows: those of the panel's outputs
  std::size_t groups() const { return (in_ + group_size - 1) / group_size; }
  void run_panel(std::span<float> out, const Int8Rows& x, std::size_t rows, std::size_t panel) const;

  std::size_t out_, in_;
  // (panels, groups, block): a block holds (group_size / 4, 32 outputs, 4 inputs) weights, 128 added to each,
  // then the 32 scales.
  UnfilledArray<std::byte> blocks_;
};

// The same values by plain loops.
void row_linear_int8_reference(std::span<float> out, std::span<const float> x, std::span<const float> weight,
                               std::int32_t rows, std::int32_t out_width, std::int32_t in_width);

}  // namespace preceptor::engine
