#include "engine/kernels/attention_bf16.hpp"

#include <vector>

#include "engine/kernels/aligned.hpp"
#include "engine/kernels/bf16_vectors.hpp"
#include "engine/kernels/head_attention_bf16.hpp"
#include "engine/kernels/pair_matmul_bf16.hpp"
#include "engine/kernels/parallel.hpp"

namespace preceptor::engine {

namespace {

AttentionScratch& scratch_of_this_thread() {
  thread_local AttentionScratch scratch;
  return scratch;
}

std::size_t size(std::int32_t value) { return static_cast<std::size_t>(value); }

// Calls work(head attention, query head) for every tree of sequences and query head.
template <class Work>
void each_head(const AttentionRows& rows, std::span<const Bf16> qkv, const AttentionShape& shape,
               const Work& work) {
  const std::size_t heads = size(shape.head_count);
  const std::size_t group = heads / size(shape.kv_head_count);
  const std::size_t dim = size(shape.head_dim);
  std::vector<std::vector<AttentionSegment>> trees;
  for (const AttentionTree& tree : rows.trees()) {
    trees.push_back({{rows.begin(tree.root), rows.length(tree.root)}});
    for (const std::size_t sequence : tree.continuations) {
      trees.back().push_back({rows.begin(sequence), rows.length(sequence)});
    }
  }
  parallel_items(trees.size() * heads, [&](std::size_t item) {
    const std::size_t head = item % heads;
    const Bf16* key = qkv.data() + size(shape.query_width()) + head / group * dim;
    work(HeadAttention{.segments = trees[item / heads],
                       .dim = dim,
                       .scale = shape.score_scale(),
                       .window = size(shape.window),
                       .query = qkv.data() + head * dim,
                       .key = key,
                       .value = key + shape.key_width(),
                       .qkv_step = size(shape.qkv_width()),
                       .out_step = size(shape.query_width()),
                       .log_step = heads},
         head);
  });
}

// Every query head's own gradients of its keys and values: (heads, rows, width) each.
struct HeadGradients {
  AlignedArray<float> memory;
  std::size_t rows = 0;
  std::size_t width = 0;

  void reserve(const AttentionShape& shape, std::size_t wanted_rows) {
    rows = wanted_rows;
    width = (size(shape.head_dim) + pair_lanes - 1) / pair_lanes * pair_lanes;
    const std::size_t floats = 2 * size(shape.head_count) * rows * width;
    if (memory.size() < floats) memory = AlignedArray<float>(floats);
  }
  float* key(std::size_t head) { return memory.data() + 2 * head * rows * width; }
  float* value(std::size_t head) { return key(head) + rows * width; }
};

// to (dim) = bf16 of the sum over the heads of a group, of which each has dim rounded up to whole vectors.
PRECEPTOR_BF16_TARGET void sum_heads(Bf16* to, std::size_t dim, std::size_t group, const float* first,
                                     std::size_t head_step) {
  for (std::size_t i = 0; i < dim; i += pair_lanes) {
    __m512 sum = _mm512_loadu_ps(first + i);
    for (std::size_t head = 1; head < group; ++head)
      sum = _mm512_add_ps(sum, _mm512_loadu_ps(first + head * head_step + i));
    _mm256_mask_storeu_epi16(to + i, lanes_between(i, 0, dim), rounded(sum));
  }
}

}  // namespace

bool attention_bf16_suits(const AttentionShape& shape) { return cpu_has_bf16() && shape.head_dim % 2 == 0; }

void attention_forward_bf16(std::span<Bf16> out, std::span<float> log_sums, std::span<const Bf16> qkv,
                            const AttentionRows& rows, const AttentionShape& shape) {
  each_head(rows, qkv, shape, [&](const HeadAttention& head, std::size_t index) {
    head_attention_forward_bf16(head, {.out = &out[index * head.dim], .log_sums = &log_sums[index]},
                                scratch_of_this_thread());
  });
}

void attention_backward_bf16(std::span<Bf16> d_qkv, std::span<const Bf16> d_out, std::span<const Bf16> out,
                             std::span<const float> log_sums, std::span<const Bf16> qkv,
                             const AttentionRows& rows, const AttentionShape& shape) {
  thread_local HeadGradients kept;
  HeadGradients& own = kept;  // the calling thread's, for all threads of the region
  own.reserve(shape, rows.count());
  each_head(rows, qkv, shape, [&](const HeadAttention& head, std::size_t index) {
    head_attention_backward_bf16(head,
                                 {.out = &out[index * head.dim],
                                  .log_sums = &log_sums[index],
                                  .d_out = &d_out[index * head.dim],
                                  .d_query = &d_qkv[index * head.dim],
                                  .d_key = own.key(index),
                                  .d_value = own.value(index),
                                  .d_step = own.width},
                                 scratch_of_this_thread());
  });
  const std::size_t group = size(shape.head_count / shape.kv_head_count);
  const std::size_t dim = size(shape.head_dim);
  parallel_blocks(own.rows, 64, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      Bf16* d_key = &d_qkv[row * size(shape.qkv_width()) + size(shape.query_width())];
      for (std::size_t kv_head = 0; kv_head < size(shape.kv_head_count); ++kv_head, d_key += dim) {
        const std::size_t head_step = 2 * own.rows * own.width;
        sum_heads(d_key, dim, group, own.key(kv_head * group) + row * own.width, head_step);
        sum_heads(d_key + shape.key_width(), dim, group, own.value(kv_head * group) + row * own.width,
                  head_step);
      }
    }
  });
}

}  // namespace preceptor::engine
