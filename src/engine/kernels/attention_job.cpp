#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/kernels/attention_job.cpp"
#include "engine/kernels/targets.hpp"
// clang-format off
#include "engine/kernels/small_matmul-inl.hpp"
// clang-format on

#include <algorithm>
#include <cmath>

#include "engine/kernels/attention_job.hpp"

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

// The rows that the job continues, then its own.
template <class Real>
void widen_all(float* to, std::size_t width, std::size_t to_rows, const AttentionJob<Real>& job,
               const Real* prefix, const Real* own) {
  widen(to, width, job.prefix, prefix, job.qkv_step, job.prefix, job.dim, 1.0F);
  widen(to + job.prefix * width, width, to_rows - job.prefix, own, job.qkv_step, job.length, job.dim, 1.0F);
}

template <class Real>
void forward(const AttentionJob<Real>& job, AttentionScratch& scratch) {
  const std::size_t width = padded(job.dim);
  const std::size_t length = padded(job.prefix + job.length);
  scratch.reserve(3 * length * width + block_rows * (2 * width + length));
  float* values = scratch.take(length * width);
  float* keys = scratch.take(length * width);
  float* keys_transposed = scratch.take(length * width);
  float* queries = scratch.take(block_rows * width);
  float* results = scratch.take(block_rows * width);
  float* scores = scratch.take(block_rows * length);
  widen_all(keys, width, length, job, job.prefix_key, job.key);
  transpose(keys_transposed, length, keys, width, length, width);
  widen_all(values, width, length, job, job.prefix_value, job.value);
  for (std::size_t head = 0; head < job.group; ++head) {
    for (std::size_t first = 0; first < job.length; first += block_rows) {
      const std::size_t rows = std::min(block_rows, job.length - first);
      widen(queries, width, rows, job.query + head * job.dim + first * job.qkv_step, job.qkv_step, rows,
            job.dim, job.scale);
      const std::size_t position = job.prefix + first;
      const SeenKeys seen = seen_keys(position, rows, job.window);
      block_scores(scores, length, queries, width, keys_transposed, position, rows, job.dim, seen,
                   job.window);
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
  const std::size_t position = job.prefix + first;
  const SeenKeys seen = seen_keys(position, rows, job.window);
  const std::size_t keys = seen.end - seen.begin;
  const std::size_t at = seen.begin * b.width;
  const std::size_t query_at = head * job.dim + first * job.qkv_step;
  widen(b.queries, b.width, rows, job.query + query_at, job.qkv_step, rows, job.dim, job.scale);
  widen(b.d_outs, b.width, rows, job.d_out + head * job.dim + first * job.out_step, job.out_step, rows,
        job.dim, 1.0F);
  block_scores(b.probabilities, b.length, b.queries, b.width, b.keys_transposed, position, rows, job.dim,
               seen, job.window);
  multiply(b.d_scores, b.length, {b.d_outs, b.width, 1}, b.values_transposed + seen.begin, b.length, rows,
           seen.padded_count, job.dim, Onto::zero);
  softmax_backward(job, b, head, first, rows, seen.padded_count);
  multiply(b.d_values + at, b.width, {b.probabilities, 1, b.length}, b.d_outs, b.width, keys, b.width, rows,
           Onto::present);
  multiply(b.d_keys + at, b.width, {b.d_scores, 1, b.length}, b.queries, b.width, keys, b.width, rows,
           Onto::present);
  multiply(b.d_queries, b.width, {b.d_scores, b.length, 1}, b.keys + at, b.width, rows, b.width, keys,
           Onto::zero);
  float factors[block_rows];
  std::fill_n(factors, rows, job.scale);
  narrow(job.d_query + query_at, job.qkv_step, b.d_queries, b.width, rows, job.dim, factors);
}

template <class Real>
void backward(const AttentionJob<Real>& job, AttentionScratch& scratch) {
  const BackwardBuffers b(scratch, job.prefix + job.length, job.dim);
  // The values stand in d_keys until they are transposed.
  widen_all(b.d_keys, b.width, b.length, job, job.prefix_value, job.value);
  transpose(b.values_transposed, b.length, b.d_keys, b.width, b.length, b.width);
  widen_all(b.keys, b.width, b.length, job, job.prefix_key, job.key);
  transpose(b.keys_transposed, b.length, b.keys, b.width, b.length, b.width);
  std::fill_n(b.d_keys, b.length * b.width, 0.0F);
  std::fill_n(b.d_values, b.length * b.width, 0.0F);
  const std::size_t shared = job.prefix * b.width, own = job.length * b.width;
  if (job.d_shared_keys != nullptr && job.prefix == 0) {
    std::copy_n(job.d_shared_keys, own, b.d_keys);
    std::copy_n(job.d_shared_values, own, b.d_values);
  }
  for (std::size_t head = 0; head < job.group; ++head) {
    for (std::size_t first = 0; first < job.length; first += block_rows) backward_block(job, b, head, first);
  }
  narrow(job.d_key, job.qkv_step, b.d_keys + shared, b.width, job.length, job.dim, nullptr);
  narrow(job.d_value, job.qkv_step, b.d_values + shared, b.width, job.length, job.dim, nullptr);
  for (std::size_t i = 0; i < shared; ++i) {
    job.d_shared_keys[i] += b.d_keys[i];
    job.d_shared_values[i] += b.d_values[i];
  }
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

void attention_job_forward(const AttentionJob<float>& job, AttentionScratch& scratch) {
  HWY_DYNAMIC_DISPATCH(forward_fp32)(job, scratch);
}
void attention_job_forward(const AttentionJob<Bf16>& job, AttentionScratch& scratch) {
  HWY_DYNAMIC_DISPATCH(forward_bf16)(job, scratch);
}
void attention_job_backward(const AttentionJob<float>& job, AttentionScratch& scratch) {
  HWY_DYNAMIC_DISPATCH(backward_fp32)(job, scratch);
}
void attention_job_backward(const AttentionJob<Bf16>& job, AttentionScratch& scratch) {
  HWY_DYNAMIC_DISPATCH(backward_bf16)(job, scratch);
}

}  // namespace preceptor::engine
#endif
