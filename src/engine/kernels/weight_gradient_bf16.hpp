#pragma once

#include <cstdint>
#include <span>

#include "engine/kernels/precision.hpp"

namespace preceptor::engine {

// d_weight += d_outᵀ · x with bf16 products summed in fp32, row by row in blocks of a fixed size: the same
// bits with any number of threads. Call only where cpu_has_bf16(). d_weight: (out_width, in_width)   d_out:
// (rows, out_width)   x: (rows, in_width)
void add_weight_gradient_bf16(std::span<float> d_weight, std::span<const Bf16> d_out, std::span<const Bf16> x,
                              std::int32_t rows);

// Plain loops, sums in double.
void add_weight_gradient_reference(std::span<float> d_weight, std::span<const Bf16> d_out,
                                   std::span<const Bf16> x, std::int32_t rows);

}  // namespace preceptor::engine
