#include "engine/kernels/attention.hpp"

#include <algorithm>
#include <vector>

#include "engine/kernels/attention_bf16.hpp"
#include "engine/kernels/attention_job.hpp"
#include "engine/kernels/parallel.hpp"

namespace preceptor::engine {

namespace {

AttentionScratch& scratch_of_this_thread() {
  thread_local AttentionScratch scratch;
  return scratch;
}

template <class Real>
AttentionJob<Real> job_of(const AttentionRows& rows, std::size_t sequence, std::size_t kv_head,
                          std::span<const Real> qkv, const AttentionShape& shape) {
  const auto dim = static_cast<std::size_t>(shape.head_dim);
  const auto group = static_cast<std::size_t>(shape.head_count / shape.kv_head_count);
  const auto step = static_cast<std::size_t>(shape.qkv_width());
  const auto key_at = [&](std::size_t row) {
    return &qkv[row * step + static_cast<std::size_t>(shape.query_width()) + kv_head * dim];
  };
  AttentionJob<Real> job{.length = rows.length(sequence),
                         .dim = dim,
                         .group = group,
                         .qkv_step = step,
                         .out_step = static_cast<std::size_t>(shape.query_width()),
                         .log_step = static_cast<std::size_t>(shape.head_count),
                         .scale = shape.score_scale(),
                         .window = static_cast<std::size_t>(shape.window),
                         .query = &qkv[rows.begin(sequence) * step + kv_head * group * dim],
                         .key = key_at(rows.begin(sequence)),
                         .value = key_at(rows.begin(sequence)) + shape.key_width()};
  if (!rows.is_root(sequence)) {
    const std::size_t root = rows.root_of(sequence);
    job.prefix = rows.length(root);
    job.prefix_key = key_at(rows.begin(root));
    job.prefix_value = job.prefix_key + shape.key_width();
  }
  return job;
}

// What the sequences that continue a root give to the gradients of its keys and values.
struct SharedGradients {
  std::vector<float> keys, values;
};

SharedGradients& shared_of_this_thread(std::size_t floats) {
  thread_local SharedGradients shared;
  shared.keys.assign(floats, 0.0F);
  shared.values.assign(floats, 0.0F);
  return shared;
}

}  // namespace

template <class Real>
void attention_forward(std::span<Real> out, std::span<float> log_sums, std::span<const Real> qkv,
                       const AttentionRows& rows, const AttentionShape& shape) {
  std::ranges::fill(out.subspan(rows.count() * static_cast<std::size_t>(shape.query_width())), Real{});
  std::ranges::fill(log_sums.subspan(rows.count() * static_cast<std::size_t>(shape.head_count)), 0.0F);
  if constexpr (std::is_same_v<Real, Bf16>) {
    if (attention_bf16_suits(shape)) return attention_forward_bf16(out, log_sums, qkv, rows, shape);
  }
  const auto kv_heads = static_cast<std::size_t>(shape.kv_head_count);
  parallel_items(rows.sequences() * kv_heads, [&](std::size_t item) {
    const std::size_t sequence = item / kv_heads, kv_head = item % kv_heads;
    AttentionJob<Real> job = job_of(rows, sequence, kv_head, qkv, shape);
    job.out = &out[rows.begin(sequence) * job.out_step + kv_head * job.group * job.dim];
    job.log_sums = &log_sums[rows.begin(sequence) * job.log_step + kv_head * job.group];
    attention_job_forward(job, scratch_of_this_thread());
  });
}

template <class Real>
void attention_backward(std::span<Real> d_qkv, std::span<const Real> d_out, std::span<const Real> out,
                        std::span<const float> log_sums, std::span<const Real> qkv, const AttentionRows& rows,
                        const AttentionShape& shape) {
  std::ranges::fill(d_qkv.subspan(rows.count() * static_cast<std::size_t>(shape.qkv_width())), Real{});
  if constexpr (std::is_same_v<Real, Bf16>) {
    if (attention_bf16_suits(shape))
      return attention_backward_bf16(d_qkv, d_out, out, log_sums, qkv, rows, shape);
  }
  const auto kv_heads = static_cast<std::size_t>(shape.kv_head_count);
  const auto run = [&](std::size_t sequence, std::size_t kv_head, SharedGradients* shared) {
    AttentionJob<Real> job = job_of(rows, sequence, kv_head, qkv, shape);
    const std::size_t head_at = rows.begin(sequence) * job.out_step + kv_head * job.group * job.dim;
    job.saved_out = &out[head_at];
    job.d_out = &d_out[head_at];
    job.saved_log_sums = &log_sums[rows.begin(sequence) * job.log_step + kv_head * job.group];
    job.d_query = d_qkv.data() + (job.query - qkv.data());
    job.d_key = d_qkv.data() + (job.key - qkv.data());
    job.d_value = d_qkv.data() + (job.value - qkv.data());
    if (shared != nullptr) {
      job.d_shared_keys = shared->keys.data();
      job.d_shared_values = shared->values.data();
    }
    attention_job_backward(job, scratch_of_this_thread());
  };
  const std::vector<AttentionTree> trees = rows.trees();
  parallel_items(trees.size() * kv_heads, [&](std::size_t item) {
    const AttentionTree& tree = trees[item / kv_heads];
    const std::size_t kv_head = item % kv_heads;
    if (tree.continuations.empty()) return run(tree.root, kv_head, nullptr);
    // Room for the widest vectors' padding of head_dim.
    const std::size_t width = (static_cast<std::size_t>(shape.head_dim) + 63) / 64 * 64;
    SharedGradients& shared = shared_of_this_thread(rows.length(tree.root) * width);
    for (const std::size_t sequence : tree.continuations) run(sequence, kv_head, &shared);
    run(tree.root, kv_head, &shared);
  });
}

template void attention_forward<float>(std::span<float>, std::span<float>, std::span<const float>,
                                       const AttentionRows&, const AttentionShape&);
template void attention_forward<Bf16>(std::span<Bf16>, std::span<float>, std::span<const Bf16>,
                                      const AttentionRows&, const AttentionShape&);
template void attention_backward<float>(std::span<float>, std::span<const float>, std::span<const float>,
                                        std::span<const float>, std::span<const float>, const AttentionRows&,
                                        const AttentionShape&);
template void attention_backward<Bf16>(std::span<Bf16>, std::span<const Bf16>, std::span<const Bf16>,
                                       std::span<const float>, std::span<const Bf16>, const AttentionRows&,
                                       const AttentionShape&);

}  // namespace preceptor::engine
