#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/attention.cpp"
#include "engine/kernels/targets.hpp"
// clang-format off
#include "engine/kernels/small_matmul-inl.hpp"
// clang-format on

#include <algorithm>
#include <cmath>

#include "engine/kernels/attention.hpp"
#include "engine/kernels/attention_job.hpp"
#include "engine/kernels/parallel.hpp"

HWY_BEFORE_NAMESPACE();
namespace preceptor::engine::HWY_NAMESPACE {
namespace {

constexpr std::size_t block_rows = 4 * tile_rows;  // queries whose scores exist at a time
constexpr float never = -1e30F;                    // score of a key that a query may not see

std::size_t padded(std::size_t count) {
  const std::size_t lanes = hn::Lanes(Lanes());
  return (count + lanes - 1) / lanes * lanes;
}

// to (padded rows, to_step) = factor * from (rows, dim), zero in the padding
template <class Real>
void widen(float* to, std::size_t to_step, std::size_t to_rows, const Real* from, std::size_t from_step,
           std::size_t rows, std::size_t dim, float factor) {
  const Lanes d;
  const std::size_t lanes = hn::Lanes(d);
  const Vector scale = hn::Set(d, factor);
  for (std::size_t row = 0; row < rows; ++row) {
    float* out = to + row * to_step;
    std::fill(out + dim / lanes * lanes, out + to_step, 0.0F);
    for_each_vector(dim, [&](auto loader, auto storer)
                             HWY_ATTR { storer(hn::Mul(scale, loader(from + row * from_step)), out); });
  }
  std::fill(to + rows * to_step, to + to_rows * to_step, 0.0F);
}

template <class Real>
void narrow(Real* to, std::size_t to_step, const float* from, std::size_t from_step, std::size_t rows,
            std::size_t dim, const float* factors) {
  const Lanes d;
  for (std::size_t row = 0; row < rows; ++row) {
    const Vector scale = hn::Set(d, factors == nullptr ? 1.0F : factors[row]);
    for_each_vector(dim, [&](auto loader, auto storer) HWY_ATTR {
      storer(hn::Mul(scale, loader(from + row * from_step)), to + row * to_step);
    });
  }
}

// scores (width) become exp(scores - max); returns {max, Σ}.
std::pair<float, float> exponentials(float* scores, std::size_t width) {
  const Lanes d;
  const std::size_t lanes = hn::Lanes(d);
  Vector best = hn::LoadU(d, scores);
  for (std::size_t i = lanes; i < width; i += lanes) best = hn::Max(best, hn::LoadU(d, scores + i));
  const float highest = hn::GetLane(hn::MaxOfLanes(d, best));
  const Vector shift = hn::Set(d, highest);
  Vector sum = hn::Zero(d);
  for (std::size_t i = 0; i < width; i += lanes) {
    const Vector value = hn::Exp(d, hn::Sub(hn::LoadU(d, scores + i), shift));
    sum = hn::Add(sum, value);
    hn::StoreU(value, d, scores + i);
  }
  return {highest, hn::GetLane(hn::SumOfLanes(d, sum))};
}

template <class Real>
float dot(const Real* a, const Real* b, std::size_t count) {
  const Lanes d;
  Vector sum = hn::Zero(d);
  for_each_vector(count, [&](auto loader, auto) HWY_ATTR { sum = hn::MulAdd(loader(a), loader(b), sum); });
  return hn::GetLane(hn::SumOfLanes(d, sum));
}

// Keys that a block of queries may see: from begin, a multiple of the lanes, to end; padded: whole vectors.
struct SeenKeys {
  std::size_t begin, end, padded_count;
};

SeenKeys seen_keys(std::size_t first, std::size_t rows, std::size_t window) {
  const std::size_t lanes = hn::Lanes(Lanes());
  const std::size_t earliest = window == 0 || first + 1 <= window ? 0 : first + 1 - window;
  const std::size_t begin = earliest / lanes * lanes;
  return {begin, first + rows, padded(first + rows) - begin};
}

// Scores of a block of scaled queries, the first of them query `first`, against the keys seen; those that a
// query may not see get `never`.
void block_scores(float* scores, std::size_t step, const float* queries, std::size_t query_step,
                  const float* keys_transposed, std::size_t first, std::size_t rows, std::size_t dim,
                  const SeenKeys& keys, std::size_t window) {
  multiply(scores, step, {queries, query_step, 1}, keys_transposed + keys.begin, step, rows,
           keys.padded_count, dim, Onto::zero);
  for (std::size_t row = 0; row < rows; ++row) {
    float* row_scores = scores + row * step;
    const std::size_t query = first + row;
    std::fill(row_scores + (query + 1 - keys.begin), row_scores + keys.padded_count, never);
    if (window == 0 || query + 1 <= keys.begin + window) continue;
    std::fill(row_scores, row_scores + (query + 1 - window - keys.begin), never);
  }
}

template <class Real>
void forward(const AttentionJob<Real>& job, AttentionScratch& scratch) {
  const std::size_t width = padded(job.dim);
  const std::size_t length = padded(job.length);
  scratch.reserve(3 * length * width + block_rows * (2 * width + length));
  float* values = scratch.take(length * width);
  float* keys = scratch.take(length * width);
  float* keys_transposed = scratch.take(length * width);
  float* queries = scratch.take(block_rows * width);
  float* results = scratch.take(block_rows * width);
  float* scores = scratch.take(block_rows * length);
  widen(keys, width, length, job.key, job.qkv_step, job.length, job.dim, 1.0F);
  transpose(keys_transposed, length, keys, width, length, width);
  widen(values, width, length, job.value, job.qkv_step, job.length, job.dim, 1.0F);
  for (std::size_t head = 0; head < job.group; ++head) {
    for (std::size_t first = 0; first < job.length; first += block_rows) {
      const std::size_t rows = std::min(block_rows, job.length - first);
      widen(queries, width, rows, job.query + head * job.dim + first * job.qkv_step, job.qkv_step, rows,
            job.dim, job.scale);
      const SeenKeys seen = seen_keys(first, rows, job.window);
      block_scores(scores, length, queries, width, keys_transposed, first, rows, job.dim, seen, job.window);
      float inverse[block_rows];
      for (std::size_t row = 0; row < rows; ++row) {
        const auto [highest, sum] = exponentials(scores + row * length, seen.padded_count);
        inverse[row] = 1.0F / sum;
        job.log_sums[(first + row) * job.log_step + head] = highest + std::log(sum);
      }
      multiply(results, width, {scores, length, 1}, values + seen.begin * width, width, rows, width,
               seen.end - seen.begin, Onto::zero);
      narrow(job.out + head * job.dim + first * job.out_step, job.out_step, results, width, rows, job.dim,
             inverse);
    }
  }
}

// Buffers of the backward of one job.
struct BackwardBuffers {
  std::size_t width, length;
  float *keys, *keys_transposed, *values_transposed, *d_keys, *d_values;
  float *queries, *d_outs, *d_queries, *probabilities, *d_scores;

  BackwardBuffers(AttentionScratch& scratch, std::size_t rows, std::size_t dim)
      : width(padded(dim)), length(padded(rows)) {
    scratch.reserve(5 * length * width + block_rows * (3 * width + 2 * length));
    for (float** buffer : {&keys, &keys_transposed, &values_transposed, &d_keys, &d_values}) {
      *buffer = scratch.take(length * width);
    }
    for (float** buffer : {&queries, &d_outs, &d_queries}) *buffer = scratch.take(block_rows * width);
    for (float** buffer : {&probabilities, &d_scores}) *buffer = scratch.take(block_rows * length);
  }
};

// probabilities = exp(scores - log_sum), d_scores = probabilities * (d_scores - Σ d_out * out)
template <class Real>
void softmax_backward(const AttentionJob<Real>& job, const BackwardBuffers& b, std::size_t head,
                      std::size_t first, std::size_t rows, std::size_t seen) {
  const Lanes d;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t at = head * job.dim + (first + row) * job.out_step;
    const Vector mean = hn::Set(d, dot(job.d_out + at, job.saved_out + at, job.dim));
    const Vector shift = hn::Set(d, job.saved_log_sums[(first + row) * job.log_step + head]);
    float* probability = b.probabilities + row * b.length;
    float* d_score = b.d_scores + row * b.length;
    for (std::size_t i = 0; i < seen; i += hn::Lanes(d)) {
      const Vector value = hn::Exp(d, hn::Sub(hn::LoadU(d, probability + i), shift));
      hn::StoreU(value, d, probability + i);
      hn::StoreU(hn::Mul(value, hn::Sub(hn::LoadU(d, d_score + i), mean)), d, d_score + i);
    }
  }
}

template <class Real>
void backward_block(const AttentionJob<Real>& job, const BackwardBuffers& b, std::size_t head,
                    std::size_t first) {
  const std::size_t rows = std::min(block_rows, job.length - first);
  const SeenKeys seen = seen_keys(first, rows, job.window);
  const std::size_t keys = seen.end - seen.begin;
  const std::size_t at = seen.begin * b.width;
  const std::size_t query_at = head * job.dim + first * job.qkv_step;
  widen(b.queries, b.width, rows, job.query + query_at, job.qkv_step, rows, job.dim, job.scale);
  widen(b.d_outs, b.width, rows, job.d_out + head * job.dim + first * job.out_step, job.out_step, rows,
        job.dim, 1.0F);
  block_scores(b.probabilities, b.length, b.queries, b.width, b.keys_transposed, first, rows, job.dim, seen,
               job.window);
  multiply(b.d_scores, b.length, {b.d_outs, b.width, 1}, b.values_transposed + seen.begin, b.length, rows,
           seen.padded_count, job.dim, Onto::zero);
  softmax_backward(job, b, head, first, rows, seen.padded_count);
  multiply(b.d_values + at, b.width, {b.probabilities, 1, b.length}, b.d_outs, b.width, keys, b.width, rows,
           Onto::present);
  multiply(b.d_keys + at, b.width, {b.d_scores, 1, b.length}, b.queries, b.width, keys, b.width, rows,
           Onto::present);
  multiply(b.d_queries, b.width, {b.d_scores, b.length, 1}, b.keys + at, b.width, rows, b.width, keys, Onto::zero);
  float factors[block_rows];
  std::fill_n(factors, rows, job.scale);
  narrow(job.d_query + query_at, job.qkv_step, b.d_queries, b.width, rows, job.dim, factors);
}

template <class Real>
void backward(const AttentionJob<Real>& job, AttentionScratch& scratch) {
  const BackwardBuffers b(scratch, job.length, job.dim);
  // The values stand in d_keys until they are transposed.
  widen(b.d_keys, b.width, b.length, job.value, job.qkv_step, job.length, job.dim, 1.0F);
  transpose(b.values_transposed, b.length, b.d_keys, b.width, b.length, b.width);
  widen(b.keys, b.width, b.length, job.key, job.qkv_step, job.length, job.dim, 1.0F);
  transpose(b.keys_transposed, b.length, b.keys, b.width, b.length, b.width);
  std::fill_n(b.d_keys, b.length * b.width, 0.0F);
  std::fill_n(b.d_values, b.length * b.width, 0.0F);
  for (std::size_t head = 0; head < job.group; ++head) {
    for (std::size_t first = 0; first < job.length; first += block_rows)
      backward_block(job, b, head, first);
  }
  narrow(job.d_key, job.qkv_step, b.d_keys, b.width, job.length, job.dim, nullptr);
  narrow(job.d_value, job.qkv_step, b.d_values, b.width, job.length, job.dim, nullptr);
}

void forward_fp32(const AttentionJob<float>& job, AttentionScratch& scratch) { forward(job, scratch); }
void forward_bf16(const AttentionJob<Bf16>& job, AttentionScratch& scratch) { forward(job, scratch); }
void backward_fp32(const AttentionJob<float>& job, AttentionScratch& scratch) { backward(job, scratch); }
void backward_bf16(const AttentionJob<Bf16>& job, AttentionScratch& scratch) { backward(job, scratch); }

}  // namespace
}  // namespace preceptor::engine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace preceptor::engine {

HWY_EXPORT(forward_fp32);
HWY_EXPORT(forward_bf16);
HWY_EXPORT(backward_fp32);
HWY_EXPORT(backward_bf16);

namespace {

AttentionScratch& scratch_of_this_thread() {
  thread_local AttentionScratch scratch;
  return scratch;
}

// Runs work(job, first row, key/value head) for every sequence and key/value head.
template <class Real, class Work>
void each_job(std::span<const std::int32_t> starts, std::span<const Real> qkv, const AttentionShape& shape,
              const Work& work) {
  const auto kv_heads = static_cast<std::size_t>(shape.kv_head_count);
  const auto dim = static_cast<std::size_t>(shape.head_dim);
  const auto group = static_cast<std::size_t>(shape.head_count / shape.kv_head_count);
  const auto step = static_cast<std::size_t>(shape.qkv_width());
  parallel_items((starts.size() - 1) * kv_heads, [&](std::size_t item) {
    const std::size_t kv_head = item % kv_heads;
    const auto row = static_cast<std::size_t>(starts[item / kv_heads]);
    const auto end = static_cast<std::size_t>(starts[item / kv_heads + 1]);
    const Real* key = &qkv[row * step + static_cast<std::size_t>(shape.query_width()) + kv_head * dim];
    AttentionJob<Real> job{.length = end - row,
                           .dim = dim,
                           .group = group,
                           .qkv_step = step,
                           .out_step = static_cast<std::size_t>(shape.query_width()),
                           .log_step = static_cast<std::size_t>(shape.head_count),
                           .scale = shape.score_scale(),
                           .window = static_cast<std::size_t>(shape.window),
                           .query = &qkv[row * step + kv_head * group * dim],
                           .key = key,
                           .value = key + shape.key_width(),
                           .out = nullptr,
                           .log_sums = nullptr,
                           .saved_out = nullptr,
                           .saved_log_sums = nullptr,
                           .d_out = nullptr,
                           .d_query = nullptr,
                           .d_key = nullptr,
                           .d_value = nullptr};
    work(job, row, kv_head);
  });
}

}  // namespace

template <class Real>
void attention_forward(std::span<Real> out, std::span<float> log_sums, std::span<const Real> qkv,
                       std::span<const std::int32_t> starts, const AttentionShape& shape) {
  const auto used = static_cast<std::size_t>(starts.back());
  std::ranges::fill(out.subspan(used * static_cast<std::size_t>(shape.query_width())), Real{});
  std::ranges::fill(log_sums.subspan(used * static_cast<std::size_t>(shape.head_count)), 0.0F);
  each_job(starts, qkv, shape, [&](AttentionJob<Real>& job, std::size_t row, std::size_t kv_head) {
    job.out = &out[row * job.out_step + kv_head * job.group * job.dim];
    job.log_sums = &log_sums[row * job.log_step + kv_head * job.group];
    if constexpr (std::is_same_v<Real, float>) {
      HWY_DYNAMIC_DISPATCH(forward_fp32)(job, scratch_of_this_thread());
    } else {
      HWY_DYNAMIC_DISPATCH(forward_bf16)(job, scratch_of_this_thread());
    }
  });
}

template <class Real>
void attention_backward(std::span<Real> d_qkv, std::span<const Real> d_out, std::span<const Real> out,
                        std::span<const float> log_sums, std::span<const Real> qkv,
                        std::span<const std::int32_t> starts, const AttentionShape& shape) {
  const auto used = static_cast<std::size_t>(starts.back());
  std::ranges::fill(d_qkv.subspan(used * static_cast<std::size_t>(shape.qkv_width())), Real{});
  each_job(starts, qkv, shape, [&](AttentionJob<Real>& job, std::size_t row, std::size_t kv_head) {
    const std::size_t head_at = row * job.out_step + kv_head * job.group * job.dim;
    job.saved_out = &out[head_at];
    job.d_out = &d_out[head_at];
    job.saved_log_sums = &log_sums[row * job.log_step + kv_head * job.group];
    job.d_query = d_qkv.data() + (job.query - qkv.data());
    job.d_key = d_qkv.data() + (job.key - qkv.data());
    job.d_value = d_qkv.data() + (job.value - qkv.data());
    if constexpr (std::is_same_v<Real, float>) {
      HWY_DYNAMIC_DISPATCH(backward_fp32)(job, scratch_of_this_thread());
    } else {
      HWY_DYNAMIC_DISPATCH(backward_bf16)(job, scratch_of_this_thread());
    }
  });
}

template void attention_forward<float>(std::span<float>, std::span<float>, std::span<const float>,
                                       std::span<const std::int32_t>, const AttentionShape&);
template void attention_forward<Bf16>(std::span<Bf16>, std::span<float>, std::span<const Bf16>,
                                      std::span<const std::int32_t>, const AttentionShape&);
template void attention_backward<float>(std::span<float>, std::span<const float>, std::span<const float>,
                                        std::span<const float>, std::span<const float>,
                                        std::span<const std::int32_t>, const AttentionShape&);
template void attention_backward<Bf16>(std::span<Bf16>, std::span<const Bf16>, std::span<const Bf16>,
                                       std::span<const float>, std::span<const Bf16>,
                                       std::span<const std::int32_t>, const AttentionShape&);

}  // namespace preceptor::engine
#endif
