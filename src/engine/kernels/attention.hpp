#pragma once

#include <cmath>
#include <cstdint>
#include <span>

#include "engine/kernels/attention_rows.hpp"
#include "engine/kernels/precision.hpp"

namespace preceptor::engine {

struct AttentionShape {
  std::int32_t head_count = 0;
  std::int32_t kv_head_count = 0;
  std::int32_t head_dim = 0;
  float scale = 0;          // of the scores; 0: 1 / sqrt(head_dim)
  std::int32_t window = 0;  // a query sees this many positions, its own included; 0: all before it

  std::int32_t query_width() const { return head_count * head_dim; }
  std::int32_t key_width() const { return kv_head_count * head_dim; }
  std::int32_t qkv_width() const { return query_width() + 2 * key_width(); }
  float score_scale() const { return scale > 0 ? scale : 1.0F / std::sqrt(static_cast<float>(head_dim)); }
};

// Causal attention within each packed sequence and what it continues. Memory beyond the arguments is linear
// in the longest sequence: scores exist for one block of queries at a time. Rows after the last sequence are
// padding: out and log_sums become zero there. out: (rows, query_width)   qkv: (rows, qkv_width), already
// rotated log_sums: (rows, head_count), kept for backward
template <class Real>
void attention_forward(std::span<Real> out, std::span<float> log_sums, std::span<const Real> qkv,
                       const AttentionRows& rows, const AttentionShape& shape);

// Overwrites d_qkv (zero on padding rows). out and log_sums as attention_forward left them.
// d_qkv, qkv: (rows, qkv_width)   d_out, out: (rows, query_width)
template <class Real>
void attention_backward(std::span<Real> d_qkv, std::span<const Real> d_out, std::span<const Real> out,
                        std::span<const float> log_sums, std::span<const Real> qkv, const AttentionRows& rows,
                        const AttentionShape& shape);

}  // namespace preceptor::engine
