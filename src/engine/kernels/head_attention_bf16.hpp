#pragma once

#include <cstddef>
#include <span>

#include "engine/kernels/attention_job.hpp"
#include "engine/kernels/precision.hpp"

namespace preceptor::engine {

// Rows of one sequence, or of a part of one: the first segment of a tree is the root, the others each
// continue it and see all of it, but not one another.
struct AttentionSegment {
  std::size_t first_row;
  std::size_t length;
};

// One query head over one tree of segments: what one thread computes at a time. Pointers stand at row 0 of
// the batch and this head's first column.
struct HeadAttention {
  std::span<const AttentionSegment> segments;
  std::size_t dim = 0;     // even
  float scale = 1;         // of the scores
  std::size_t window = 0;  // a query sees this many positions, its own included; 0: all before it
  const Bf16* query = nullptr;
  const Bf16* key = nullptr;
  const Bf16* value = nullptr;
  std::size_t qkv_step = 0;
  std::size_t out_step = 0;
  std::size_t log_step = 0;
};

struct HeadAttentionOutput {
  Bf16* out;
  float* log_sums;
};

struct HeadAttentionGradients {
  const Bf16* out;
  const float* log_sums;
  const Bf16* d_out;
  Bf16* d_query;
  float* d_key;        // overwritten: (rows of the batch, d_step), this head's own
  float* d_value;      // likewise
  std::size_t d_step;  // dim rounded up to pair_lanes
};

// FlashAttention (Dao, arXiv 2205.14135) on bf16 pairs: probabilities and their gradients are rounded to bf16
// before they are multiplied, sums are fp32. Needs AVX512_BF16.
void head_attention_forward_bf16(const HeadAttention& head, const HeadAttentionOutput& output,
                                 AttentionScratch& scratch);
void head_attention_backward_bf16(const HeadAttention& head, const HeadAttentionGradients& gradients,
                                  AttentionScratch& scratch);

}  // namespace preceptor::engine
