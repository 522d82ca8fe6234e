#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/kernels/aligned.hpp"

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
  // out: (rows, out_width)   x: (rows, in_width). Const use is thread-safe.
  void forward(std::span<float> out, std::span<const float> x, std::int32_t rows) const;

  std::size_t bytes() const { return blocks_.size(); }

private:
  std::size_t groups() const { return (in_ + group_size - 1) / group_size; }
  void run_panel(std::span<float> out, const Int8Rows& x, std::size_t rows, std::size_t panel) const;

  std::size_t out_, in_;
  // (panels, groups, block): a block holds (group_size / 4, 32 outputs, 4 inputs) weights, 128 added to each,
  // then the 32 scales.
  AlignedArray<std::byte> blocks_;
};

// The same values by plain loops.
void row_linear_int8_reference(std::span<float> out, std::span<const float> x, std::span<const float> weight,
                               std::int32_t rows, std::int32_t out_width, std::int32_t in_width);

}  // namespace preceptor::engine
