#pragma once

#include <cstdint>
#include <span>

#include "engine/kernels/held_matrix.hpp"

namespace preceptor::engine {

// out = scale * rows of the table.
// out: (rows, width)   tokens: (at most rows); rows beyond become zero   table: (vocabulary, width)
void embedding_forward(std::span<float> out, std::span<const std::int32_t> tokens, const HeldMatrix& table,
                       std::int32_t width, float scale = 1.0F);

// Adds into d_table; rows of one token are added in the order of the batch.
void embedding_backward(std::span<float> d_table, std::span<const float> d_out,
                        std::span<const std::int32_t> tokens, std::int32_t width, float scale = 1.0F);

// Adds the table's rows at the indices to out's first rows. out: (at least indices, width)
void add_gathered_rows(std::span<float> out, const HeldMatrix& table, std::span<const std::int32_t> indices,
                       std::int32_t width);

// out: (indices, width) = rows of x at the indices
void gather_rows(std::span<float> out, std::span<const float> x, std::span<const std::int32_t> indices,
                 std::int32_t width);

// Adds d_out's rows into d_x at the indices; an index may come several times.
void scatter_rows(std::span<float> d_x, std::span<const float> d_out, std::span<const std::int32_t> indices,
                  std::int32_t width);

}  // namespace preceptor::engine
