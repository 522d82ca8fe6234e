#pragma once

#include <cstddef>

#include "engine/kernels/precision.hpp"

namespace preceptor::engine {

// Outputs that RowLinear packs side by side.
inline constexpr std::size_t fp32_panel_width = 32;
inline constexpr std::size_t bf16_panel_width = 48;

// out (rows, out_step), of which bf16_panel_width columns are written, = x · panel with bf16 products summed
// in fp32, pair by pair in order. Only where cpu_has_bf16(). x: (rows, pairs, 2)   panel: (pairs,
// bf16_panel_width, 2)   next: the panel that will be multiplied with after this one, fetched into the second
// cache on the way; or null
void multiply_panel_bf16(float* out, std::size_t out_step, const Bf16* x, const Bf16* panel, std::size_t rows,
                         std::size_t pairs, const Bf16* next);

// out = x rounded to nearest even, on the calling thread. Only where cpu_has_bf16().
void round_row(Bf16* out, const float* x, std::size_t count);

}  // namespace preceptor::engine
