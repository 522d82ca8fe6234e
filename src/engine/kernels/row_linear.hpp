#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "engine/kernels/precision.hpp"

namespace preceptor::engine {

// How weights stand in memory: in the precision of the products, or in eight bits (see RowLinearInt8).
enum class WeightFormat { as_products, int8 };

// out = x · weightᵀ for generation: a row gets the same bits alone, among other rows and with any number of
// threads (each output sums over in_width in one fixed order). Bound by memory for a few rows, by arithmetic
// for many. Weights are packed once; const use is thread-safe.
class RowLinear {
public:
  RowLinear(std::int32_t out_width, std::int32_t in_width, Precision precision,
            WeightFormat format = WeightFormat::as_products);
  RowLinear(RowLinear&&) noexcept;
  RowLinear& operator=(RowLinear&&) noexcept;
  ~RowLinear();

  std::int32_t out_width() const;
  std::int32_t in_width() const;

  // weight: (out_width, in_width), row-major
  void pack(std::span<const float> weight);

  // The same from weights that stand elsewhere. Both are called from several threads.
  // rows: (count, in_width), the weights of outputs first, first + 1, … to be filled
  using ReadOutputs = std::function<void(std::span<float> rows, std::size_t first, std::size_t count)>;
  void pack(const ReadOutputs& read);
  // Where the in_width weights of an output stand in bf16, without any alignment.
  using FindOutput = std::function<const std::byte*(std::size_t output)>;
  void pack_bf16(const FindOutput& find);

  // out: (rows, out_width)   x: (rows, in_width), rounded to the precision inside
  void forward(std::span<float> out, std::span<const float> x, std::int32_t rows) const;

private:
  struct Packed;
  std::unique_ptr<Packed> packed_;
};

// Plain loops in fp32, one sum per output.
void row_linear_reference(std::span<float> out, std::span<const float> x, std::span<const float> weight,
                          std::int32_t rows, std::int32_t out_width, std::int32_t in_width);

}  // namespace preceptor::engine
