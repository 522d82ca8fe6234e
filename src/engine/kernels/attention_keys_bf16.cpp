#include "engine/kernels/attention_keys_bf16.hpp"

namespace preceptor::engine {

Seen seen_keys(const KeyRun& run, const QueryBlock& block, std::size_t window, std::size_t at) {
  const std::size_t last = block.position + block.rows;  // behind the last position seen
  const std::size_t end = last > run.position ? std::min(last - run.position, run.length) : 0;
  std::size_t begin = 0;
  if (window > 0 && block.position + 1 > window + run.position) {
    begin = block.position + 1 - window - run.position;
  }
  if (begin >= end) return {&run, 0, 0, at};
  return {&run, begin / pair_lanes * pair_lanes, rounded_up(end, pair_lanes), at};
}

Range visible(const Seen& seen, std::size_t position, std::size_t window) {
  const KeyRun& run = *seen.run;
  const std::size_t end = position + 1 > run.position ? std::min(position + 1 - run.position, run.length) : 0;
  std::size_t begin = 0;
  if (window > 0 && position + 1 > window + run.position) begin = position + 1 - window - run.position;
  begin = std::clamp(begin, seen.begin, seen.end);
  return {begin, std::clamp(end, begin, std::max(begin, seen.end))};
}

KeyRun pack_keys(const HeadAttention& head, const AttentionSegment& segment, std::size_t position,
                 Direction direction, const HeadAttentionGradients* gradients, AttentionScratch& scratch) {
  const std::size_t columns = rounded_up(head.dim, pair_lanes);
  KeyRun run{.length = segment.length,
             .width = rounded_up(segment.length, pair_lanes),
             .position = position,
             .keys_transposed = nullptr,
             .values_paired = nullptr,
             .values_transposed = nullptr,
             .keys_paired = nullptr,
             .d_keys = nullptr,
             .d_values = nullptr};
  const Bf16* key = head.key + segment.first_row * head.qkv_step;
  const Bf16* value = head.value + segment.first_row * head.qkv_step;
  const auto paired = [&](const Bf16* from) {
    Pair* to = take_pairs(scratch, run.width / 2 * columns);
    std::fill_n(to, run.width / 2 * columns, Pair{0});
    pair_rows(to, columns, from, head.qkv_step, segment.length, head.dim);
    return to;
  };
  const auto transposed = [&](const Bf16* from) {
    Pair* to = take_pairs(scratch, head.dim / 2 * run.width);
    transpose_pairs(to, run.width, from, head.qkv_step, segment.length, head.dim);
    return to;
  };
  run.keys_transposed = transposed(key);
  if (direction == Direction::forward) {
    run.values_paired = paired(value);
  } else {
    run.values_transposed = transposed(value);
    run.keys_paired = paired(key);
  }
  if (gradients != nullptr) {
    run.d_keys = gradients->d_key + segment.first_row * columns;
    run.d_values = gradients->d_value + segment.first_row * columns;
    std::fill_n(run.d_keys, segment.length * columns, 0.0F);
    std::fill_n(run.d_values, segment.length * columns, 0.0F);
  }
  return run;
}

Room room(const HeadAttention& head, Direction direction) {
  const std::size_t columns = rounded_up(head.dim, pair_lanes);
  const auto words = [&](std::size_t length) {
    const std::size_t width = rounded_up(length, pair_lanes);
    const std::size_t transposed = (direction == Direction::forward ? 1 : 2) * (head.dim / 2) * width;
    return transposed + width / 2 * columns + 3 * pair_lanes;
  };
  std::size_t longest = 0;
  for (const AttentionSegment& segment : head.segments.subspan(1))
    longest = std::max(longest, segment.length);
  const std::size_t root = head.segments.front().length;
  return {words(root) + words(longest), rounded_up(root, pair_lanes) + rounded_up(longest, pair_lanes)};
}

}  // namespace preceptor::engine
