#include "engine/kernels/bf16_vectors.hpp"

#include <cassert>

#include "engine/kernels/attention_keys_bf16.hpp"

namespace preceptor::engine {

namespace {

constexpr std::size_t backward_rows = 64;  // queries of a block; even
constexpr std::size_t key_block = 128;     // keys whose scores exist at a time

struct BackwardBuffers {
  std::size_t columns;      // dim rounded up
  float* scores;            // (backward_rows, key_block)
  float* d_probabilities;   // (backward_rows, key_block)
  Pair* probability_pairs;  // (backward_rows / 2, key_block): neighbouring queries
  Pair* d_score_pairs;      // likewise
  Pair* d_score_rows;       // (backward_rows, key_block / 2): neighbouring keys
  Pair* query_pairs;        // (backward_rows / 2, columns)
  Pair* d_out_pairs;        // likewise
  float* d_queries;         // (backward_rows, columns)
  float log_sums[backward_rows];
  float products[backward_rows];  // Σ d_out * out of each query
};

// From scores and d_probabilities of one pair of queries: the pairs that the products need.
PRECEPTOR_BF16_TARGET void probabilities_and_gradients(const BackwardBuffers& b, std::size_t row,
                                                       std::size_t rows, std::size_t width,
                                                       const Range ranges[2], float scale) {
  const __m512 factor = _mm512_set1_ps(scale);
  for (std::size_t column = 0; column < width; column += 16) {
    __m512i probability = _mm512_setzero_si512(), d_score = _mm512_setzero_si512();
    for (std::size_t half = 0; half < 2 && row + half < rows; ++half) {
      const std::size_t at = (row + half) * key_block + column;
      const Range& range = ranges[half];
      const __mmask16 mask = lanes_between(column, range.begin, range.end);
      const __m512 shift = _mm512_set1_ps(-b.log_sums[row + half]);
      const __m512 x = _mm512_fmadd_ps(_mm512_loadu_ps(b.scores + at), factor, shift);
      const __m512 p = _mm512_maskz_mov_ps(mask, exponential(_mm512_min_ps(x, _mm512_setzero_ps())));
      const __m512 difference =
          _mm512_sub_ps(_mm512_loadu_ps(b.d_probabilities + at), _mm512_set1_ps(b.products[row + half]));
      const __m512 d = _mm512_mul_ps(_mm512_mul_ps(p, difference), factor);
      const __m256i p_rounded = rounded(p), d_rounded = rounded(_mm512_maskz_mov_ps(mask, d));
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(reinterpret_cast<Bf16*>(b.d_score_rows) + at),
                          d_rounded);
      const auto shift_bits = static_cast<unsigned>(16 * half);
      probability =
          _mm512_or_si512(probability, _mm512_slli_epi32(_mm512_cvtepu16_epi32(p_rounded), shift_bits));
      d_score = _mm512_or_si512(d_score, _mm512_slli_epi32(_mm512_cvtepu16_epi32(d_rounded), shift_bits));
    }
    _mm512_storeu_si512(b.probability_pairs + row / 2 * key_block + column, probability);
    _mm512_storeu_si512(b.d_score_pairs + row / 2 * key_block + column, d_score);
  }
}

// Adds one block of queries and at most key_block keys of one run.
void backward_keys(const HeadAttention& head, const HeadAttentionGradients& gradients,
                   const BackwardBuffers& b, const Seen& part, const QueryBlock& block) {
  const KeyRun& run = *part.run;
  const std::size_t width = part.end - part.begin;
  const Pair* queries = as_pairs(head.query + block.row * head.qkv_step);
  const Pair* d_outs = as_pairs(gradients.d_out + block.row * head.out_step);
  multiply_pairs(b.scores, key_block, {queries, head.qkv_step / 2, 1}, run.keys_transposed + part.begin,
                 run.width, block.rows, head.dim / 2, width, Into::overwrite);
  multiply_pairs(b.d_probabilities, key_block, {d_outs, head.out_step / 2, 1},
                 run.values_transposed + part.begin, run.width, block.rows, head.dim / 2, width,
                 Into::overwrite);
  for (std::size_t row = 0; row < block.rows; row += 2) {
    Range ranges[2];
    for (std::size_t half = 0; half < 2; ++half) {
      const Range range = visible(part, block.position + row + half, head.window);
      ranges[half] = {range.begin - part.begin, range.end - part.begin};
    }
    probabilities_and_gradients(b, row, block.rows, width, ranges, head.scale);
  }
  const std::size_t pairs = (block.rows + 1) / 2;
  const std::size_t keys = std::min(part.end, run.length) - part.begin;
  const std::size_t at = part.begin * b.columns;
  multiply_pairs(run.d_values + at, b.columns, {b.probability_pairs, 1, key_block}, b.d_out_pairs, b.columns,
                 keys, pairs, b.columns, Into::add);
  multiply_pairs(run.d_keys + at, b.columns, {b.d_score_pairs, 1, key_block}, b.query_pairs, b.columns, keys,
                 pairs, b.columns, Into::add);
  multiply_pairs(b.d_queries, b.columns, {b.d_score_rows, key_block / 2, 1},
                 run.keys_paired + part.begin / 2 * b.columns, b.columns, block.rows, width / 2, b.columns,
                 Into::add);
}

void backward_block(const HeadAttention& head, const HeadAttentionGradients& gradients, BackwardBuffers& b,
                    std::span<const KeyRun* const> runs, const QueryBlock& block) {
  for (std::size_t row = 0; row < block.rows; ++row) {
    const std::size_t at = (block.row + row) * head.out_step;
    b.products[row] = dot(gradients.d_out + at, gradients.out + at, head.dim);
    b.log_sums[row] = gradients.log_sums[(block.row + row) * head.log_step];
  }
  pair_rows(b.query_pairs, b.columns, head.query + block.row * head.qkv_step, head.qkv_step, block.rows,
            head.dim);
  pair_rows(b.d_out_pairs, b.columns, gradients.d_out + block.row * head.out_step, head.out_step, block.rows,
            head.dim);
  std::fill_n(b.d_queries, block.rows * b.columns, 0.0F);
  for (const KeyRun* run : runs) {
    const Seen all = seen_keys(*run, block, head.window, 0);
    for (std::size_t begin = all.begin; begin < all.end; begin += key_block) {
      backward_keys(head, gradients, b, {run, begin, std::min(begin + key_block, all.end), 0}, block);
    }
  }
  for (std::size_t row = 0; row < block.rows; ++row) {
    store_scaled(gradients.d_query + (block.row + row) * head.qkv_step, b.d_queries + row * b.columns,
                 head.dim, 1.0F);
  }
}

}  // namespace

void head_attention_backward_bf16(const HeadAttention& head, const HeadAttentionGradients& gradients,
                                  AttentionScratch& scratch) {
  assert(head.dim % 2 == 0 && head.qkv_step % 2 == 0 && head.out_step % 2 == 0);
  const std::size_t columns = rounded_up(head.dim, pair_lanes);
  constexpr std::size_t block = backward_rows * key_block;
  scratch.reserve(room(head, Direction::backward).words + 4 * block + 2 * backward_rows * columns);
  BackwardBuffers b{.columns = columns,
                    .scores = scratch.take(block),
                    .d_probabilities = scratch.take(block),
                    .probability_pairs = take_pairs(scratch, block / 2),
                    .d_score_pairs = take_pairs(scratch, block / 2),
                    .d_score_rows = take_pairs(scratch, block / 2),
                    .query_pairs = take_pairs(scratch, backward_rows / 2 * columns),
                    .d_out_pairs = take_pairs(scratch, backward_rows / 2 * columns),
                    .d_queries = scratch.take(backward_rows * columns),
                    .log_sums = {},
                    .products = {}};
  each_block(head, Direction::backward, backward_rows, scratch, &gradients,
             [&](std::span<const KeyRun* const> runs, const QueryBlock& query_block) {
               backward_block(head, gradients, b, runs, query_block);
             });
}

}  // namespace preceptor::engine
