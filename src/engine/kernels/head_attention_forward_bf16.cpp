#include "engine/kernels/bf16_vectors.hpp"

#include <cassert>
#include <cmath>

#include "engine/kernels/attention_keys_bf16.hpp"
#include "engine/kernels/softmax_bf16.hpp"

namespace preceptor::engine {

namespace {

constexpr std::size_t forward_rows = 24;  // queries whose scores exist at a time

// A block of queries of one segment against the runs it sees.
struct ForwardBuffers {
  float* scores;  // (forward_rows, width)
  std::size_t width;
  float* results;  // (forward_rows, columns)
  std::size_t columns;
};

void forward_block(const HeadAttention& head, const HeadAttentionOutput& output, const ForwardBuffers& b,
                   std::span<const KeyRun* const> runs, const QueryBlock& block) {
  const Bf16* queries = head.query + block.row * head.qkv_step;
  Seen seen[2];
  std::size_t count = 0, width = 0;
  for (const KeyRun* run : runs) {
    const Seen part = seen_keys(*run, block, head.window, width);
    if (part.begin == part.end) continue;
    multiply_pairs(b.scores + width, b.width, {as_pairs(queries), head.qkv_step / 2, 1},
                   run->keys_transposed + part.begin, run->width, block.rows, head.dim / 2,
                   part.end - part.begin, Into::overwrite);
    width += part.end - part.begin;
    seen[count++] = part;
  }
  float inverse[forward_rows];
  for (std::size_t row = 0; row < block.rows; ++row) {
    Range ranges[2];
    std::size_t used = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const Range range = visible(seen[i], block.position + row, head.window);
      if (range.begin == range.end) continue;
      ranges[used++] = {range.begin - seen[i].begin + seen[i].at, range.end - seen[i].begin + seen[i].at};
    }
    const Softmax softmax =
        exponentials_in_place(b.scores + row * b.width, width, std::span(ranges, used), head.scale);
    inverse[row] = 1.0F / softmax.sum;
    output.log_sums[(block.row + row) * head.log_step] = softmax.highest + std::log(softmax.sum);
  }
  for (std::size_t i = 0; i < count; ++i) {
    const auto* probabilities = reinterpret_cast<const Pair*>(b.scores) + seen[i].at / 2;
    multiply_pairs(b.results, b.columns, {probabilities, b.width, 1},
                   seen[i].run->values_paired + seen[i].begin / 2 * b.columns, b.columns, block.rows,
                   (seen[i].end - seen[i].begin) / 2, b.columns, i == 0 ? Into::overwrite : Into::add);
  }
  for (std::size_t row = 0; row < block.rows; ++row) {
    store_scaled(output.out + (block.row + row) * head.out_step, b.results + row * b.columns, head.dim,
                 inverse[row]);
  }
}

}  // namespace

void head_attention_forward_bf16(const HeadAttention& head, const HeadAttentionOutput& output,
                                 AttentionScratch& scratch) {
  assert(head.dim % 2 == 0 && head.qkv_step % 2 == 0);
  const std::size_t columns = rounded_up(head.dim, pair_lanes);
  const Room needed = room(head, Direction::forward);
  scratch.reserve(needed.words + forward_rows * (needed.width + columns));
  const ForwardBuffers buffers{.scores = scratch.take(forward_rows * needed.width),
                               .width = needed.width,
                               .results = scratch.take(forward_rows * columns),
                               .columns = columns};
  each_block(head, Direction::forward, forward_rows, scratch, nullptr,
             [&](std::span<const KeyRun* const> runs, const QueryBlock& block) {
               forward_block(head, output, buffers, runs, block);
             });
}

}  // namespace preceptor::engine
