#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "engine/kernels/block_panel.hpp"
#include "engine/kernels/unfilled_array.hpp"

namespace preceptor::engine {

// One output's weights: for each group of inputs a scale and, where the format has them, an offset.
struct OutputQuanta {
  std::span<std::uint8_t> quanta;  // (inputs)
  std::span<float> scales;         // (groups)
  std::span<float> offsets;        // (groups)
};

// out = x · weightᵀ with weights of four to eight bits that are held as they are and unpacked only in
// registers. x is rounded inside to eight bits, each group of 16 or 32 neighbours with a scale of its own;
// products are summed exactly within a group, then in fp32 group by group in order: a row has the same bits
// alone, among others, on any number of threads and on any CPU.
class RowLinearBlocks {
public:
  // Outputs that stand one after another and are held alike.
  struct Part {
    BlockFormat format;
    std::int32_t outputs = 0;
  };

  // in_width: a multiple of the groups of all parts
  RowLinearBlocks(std::int32_t in_width, std::vector<Part> parts);

  // Called once for every output, from several threads; fills what it is given.
  using Read = std::function<void(std::size_t output, const OutputQuanta& to)>;
  void pack(const Read& read);

  // out: (rows, outputs)   x: (rows, in_width). Const use is thread-safe.
  void forward(std::span<float> out, std::span<const float> x, std::int32_t rows) const;

  std::size_t bytes() const { return blocks_.size(); }
  std::int32_t out_width() const { return static_cast<std::int32_t>(out_); }

private:
  struct Panel {
    BlockFormat format;
    std::size_t output = 0;  // the first
    std::size_t count = 0;   // outputs; the rest of 32 is zero
    std::size_t offset = 0;  // into the blocks
  };
  std::size_t groups_of(const BlockFormat& format) const { return in_ / format.group; }
  void pack_panel(const Panel& panel, const Read& read);
  void run_panel(std::span<float> out, const RoundedX& x, std::size_t rows, const Panel& panel) const;

  std::size_t in_, out_ = 0;
  bool uses_16_ = false, uses_32_ = false;
  std::vector<Panel> panels_;
  UnfilledArray<std::byte> blocks_;
};

}  // namespace preceptor::engine
