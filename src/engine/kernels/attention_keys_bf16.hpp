#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "engine/kernels/head_attention_bf16.hpp"
#include "engine/kernels/pair_matmul_bf16.hpp"

namespace preceptor::engine {

// The keys and values of a HeadAttention as its products want them, and which of them a query sees.

inline std::size_t rounded_up(std::size_t count, std::size_t multiple) {
  return (count + multiple - 1) / multiple * multiple;
}

inline Pair* take_pairs(AttentionScratch& scratch, std::size_t words) {
  static_assert(sizeof(Pair) == sizeof(float));
  return reinterpret_cast<Pair*>(scratch.take(rounded_up(words, pair_lanes)));
}

inline const Pair* as_pairs(const Bf16* values) { return reinterpret_cast<const Pair*>(values); }

// A segment as the keys and values of the products.
struct KeyRun {
  std::size_t length;
  std::size_t width;        // length rounded up to pair_lanes
  std::size_t position;     // of its first row in the sequence
  Pair* keys_transposed;    // (dim / 2, width)
  Pair* values_paired;      // (width / 2, columns); forward
  Pair* values_transposed;  // (dim / 2, width); backward
  Pair* keys_paired;        // (width / 2, columns); backward
  float* d_keys;            // (length, columns) in the batch; backward
  float* d_values;
};

// The keys of a run that a block of queries sees: [begin, end), and where masks are needed.
struct Seen {
  const KeyRun* run;
  std::size_t begin;  // a multiple of pair_lanes
  std::size_t end;    // a multiple of pair_lanes
  std::size_t at;     // column of `begin` in the scores
};

// Queries [first, first + rows) of a segment.
struct QueryBlock {
  std::size_t row;       // in the batch
  std::size_t position;  // in the sequence
  std::size_t rows;
};

// First and last + 1 of the keys that one query sees.
struct Range {
  std::size_t begin, end;
};

enum class Direction { forward, backward };

// What of `run` the queries of a block see; empty when nothing. at: column of its first key in the scores
Seen seen_keys(const KeyRun& run, const QueryBlock& block, std::size_t window, std::size_t at);

// What of `seen` the query at `position` sees.
Range visible(const Seen& seen, std::size_t position, std::size_t window);

// gradients: null in forward
KeyRun pack_keys(const HeadAttention& head, const AttentionSegment& segment, std::size_t position,
                 Direction direction, const HeadAttentionGradients* gradients, AttentionScratch& scratch);

// Words of the packed root and the longest of the others, and the widest row of scores.
struct Room {
  std::size_t words, width;
};
Room room(const HeadAttention& head, Direction direction);

// Calls work(runs seen, query block) for all queries of the tree; the root is packed once.
template <class Work>
void each_block(const HeadAttention& head, Direction direction, std::size_t block_rows,
                AttentionScratch& scratch, const HeadAttentionGradients* gradients, const Work& work) {
  const std::size_t root_length = head.segments.front().length;
  KeyRun root{};
  std::size_t after_root = 0;
  for (std::size_t index = 0; index < head.segments.size(); ++index) {
    const AttentionSegment& segment = head.segments[index];
    const std::size_t position = index == 0 ? 0 : root_length;
    if (index > 1) scratch.rewind(after_root);
    const KeyRun own = pack_keys(head, segment, position, direction, gradients, scratch);
    if (index == 0) {
      root = own;
      after_root = scratch.used();
    }
    const KeyRun* runs[2] = {&root, &own};
    for (std::size_t first = 0; first < segment.length; first += block_rows) {
      const QueryBlock block{segment.first_row + first, position + first,
                             std::min(block_rows, segment.length - first)};
      work(std::span<const KeyRun* const>(runs, index == 0 ? 1 : 2), block);
    }
  }
}

}  // namespace preceptor::engine
