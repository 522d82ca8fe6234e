#include "engine/kernels/attention.hpp"

#include <gtest/gtest.h>
#include <omp.h>

#include "engine/kernels/attention_reference.hpp"
#include "engine/kernels/threads.hpp"
#include "tests/kernels/finite_differences.hpp"

namespace preceptor::engine::test {
namespace {

struct Case {
  AttentionShape shape;
  std::vector<std::int32_t> starts;
  std::size_t padding;  // rows after the last sequence
};

const Case cases[] = {{{2, 1, 4}, {0, 1}, 0},
                      {{4, 2, 6}, {0, 3, 4, 9}, 3},
                      {{3, 3, 10}, {0, 25, 31}, 1},
                      {{6, 2, 32}, {0, 24, 72, 143}, 5},
                      {{2, 2, 66}, {0, 100}, 0},
                      {{4, 2, 6, 0.3F, 1}, {0, 3, 4, 9}, 3},
                      {{3, 3, 10, 0.5F, 7}, {0, 25, 31}, 1},
                      {{6, 2, 32, 0, 40}, {0, 24, 72, 143}, 5},
                      {{2, 1, 16, 0, 1000}, {0, 70}, 0}};

std::size_t rows_of(const Case& one) { return static_cast<std::size_t>(one.starts.back()) + one.padding; }

struct Operands {
  std::vector<float> qkv, d_out, out, log_sums, d_qkv;

  explicit Operands(const Case& one)
      : qkv(as_floats(random_values(rows_of(one) * static_cast<std::size_t>(one.shape.qkv_width()), 1))),
        d_out(as_floats(random_values(rows_of(one) * static_cast<std::size_t>(one.shape.query_width()), 2))),
        out(d_out.size()),
        log_sums(rows_of(one) * static_cast<std::size_t>(one.shape.head_count)),
        d_qkv(qkv.size()) {}
};

TEST(Attention, ReferenceBackwardMatchesFiniteDifferences) {
  for (const AttentionShape& shape : {AttentionShape{4, 2, 6}, AttentionShape{4, 2, 6, 0.25F, 2}}) {
    const std::vector<std::int32_t> starts = {0, 3, 4};
    auto qkv = random_values(4 * 48, 1);
    const auto d_out = random_values(4 * 24, 2);
    std::vector<double> out(4 * 24), log_sums(4 * 4), d_qkv(qkv.size());
    const auto loss = [&] {
      attention_forward_reference<double>(out, log_sums, qkv, {starts}, shape);
      return dot(out, d_out);
    };
    attention_backward_reference<double>(d_qkv, d_out, qkv, {starts}, shape);
    EXPECT_LT(largest_difference(d_qkv, numeric_gradient(qkv, loss)), 1e-8);
  }
}

TEST(Attention, AWindowHidesWhatLiesFurtherBack) {
  const AttentionShape shape{.head_count = 2, .kv_head_count = 1, .head_dim = 8, .window = 5};
  const std::vector<std::int32_t> starts = {0, 60};
  const std::size_t changed = 20, width = 32, out_width = 16;
  auto qkv = as_floats(random_values(60 * width, 1));
  std::vector<float> before(60 * out_width), after(60 * out_width), log_sums(60 * 2);
  attention_forward<float>(before, log_sums, qkv, {starts}, shape);
  for (std::size_t i = 0; i < width; ++i) qkv[changed * width + i] += 1;
  attention_forward<float>(after, log_sums, qkv, {starts}, shape);
  for (std::size_t row = 0; row < 60; ++row) {
    const bool sees = row >= changed && row < changed + 5;
    EXPECT_EQ(before[row * out_width] != after[row * out_width], sees) << row;
  }
}

TEST(Attention, MatchesReferenceOverOddShapes) {
  for (const Case& one : cases) {
    Operands fast(one), plain(one);
    attention_forward_reference<float>(plain.out, plain.log_sums, plain.qkv, {one.starts}, one.shape);
    attention_forward<float>(fast.out, fast.log_sums, fast.qkv, {one.starts}, one.shape);
    EXPECT_LT(largest_difference(fast.out, plain.out), 1e-5) << one.shape.head_dim;
    EXPECT_LT(largest_difference(fast.log_sums, plain.log_sums), 1e-5);
    attention_backward_reference<float>(plain.d_qkv, plain.d_out, plain.qkv, {one.starts}, one.shape);
    attention_backward<float>(fast.d_qkv, fast.d_out, fast.out, fast.log_sums, fast.qkv, {one.starts},
                              one.shape);
    EXPECT_LT(largest_difference(fast.d_qkv, plain.d_qkv), 1e-4) << one.shape.head_dim;
  }
}

TEST(Attention, Bf16RoundsOnlyOperandsAndResults) {
  for (const Case& one : cases) {
    Operands plain(one);
    const auto qkv = as_bf16(plain.qkv), d_out = as_bf16(plain.d_out);
    plain.qkv = as_floats(qkv);
    plain.d_out = as_floats(d_out);
    std::vector<Bf16> out(plain.out.size()), d_qkv(plain.qkv.size());
    std::vector<float> log_sums(plain.log_sums.size());
    attention_forward_reference<float>(plain.out, plain.log_sums, plain.qkv, {one.starts}, one.shape);
    attention_forward<Bf16>(out, log_sums, qkv, {one.starts}, one.shape);
    EXPECT_LT(largest_difference(as_floats(out), plain.out), 1.0 / 128);
    attention_backward_reference<float>(plain.d_qkv, plain.d_out, plain.qkv, {one.starts}, one.shape);
    attention_backward<Bf16>(d_qkv, d_out, out, log_sums, qkv, {one.starts}, one.shape);
    EXPECT_LT(largest_difference(as_floats(d_qkv), plain.d_qkv), 1.0 / 32);
  }
}

TEST(Attention, NeverLooksAtAnotherSequenceOrAhead) {
  const AttentionShape shape{2, 1, 8};
  const std::vector<std::int32_t> starts = {0, 30, 60};
  const std::size_t changed = 40, width = 32;
  auto qkv = as_floats(random_values(60 * width, 1));
  std::vector<float> before(60 * 16), after(60 * 16), log_sums(60 * 2);
  attention_forward<float>(before, log_sums, qkv, {starts}, shape);
  for (std::size_t i = 0; i < width; ++i) qkv[changed * width + i] += 1;
  attention_forward<float>(after, log_sums, qkv, {starts}, shape);
  for (std::size_t i = 0; i < changed * 16; ++i) ASSERT_EQ(before[i], after[i]) << i;
  EXPECT_NE(before[changed * 16], after[changed * 16]);
  EXPECT_NE(before[59 * 16], after[59 * 16]);
}

// A root of 20 rows that 3 sequences continue, beside a sequence of its own; unrolled, each continuation has
// a copy of the root before it.
struct SharedRoot {
  AttentionShape shape{4, 2, 10};
  std::vector<std::int32_t> starts = {0, 20, 27, 40, 41, 80};
  std::vector<std::int32_t> parents = {-1, 0, -1, 0, 0};
  std::vector<std::size_t> unrolled;  // rows of the tree, in the order of the unrolled sequences
  std::vector<std::int32_t> unrolled_starts = {0};

  SharedRoot() {
    for (std::size_t i = 0; i < parents.size(); ++i) {
      if (parents[i] == 0) append(0);
      append(i);
      unrolled_starts.push_back(static_cast<std::int32_t>(unrolled.size()));
    }
  }

private:
  void append(std::size_t sequence) {
    for (std::int32_t row = starts[sequence]; row < starts[sequence + 1]; ++row)
      unrolled.push_back(static_cast<std::size_t>(row));
  }
};

template <class Real>
std::vector<Real> rows_at(std::span<const Real> from, std::span<const std::size_t> rows, std::size_t width) {
  std::vector<Real> to;
  for (const std::size_t row : rows) to.insert(to.end(), &from[row * width], &from[(row + 1) * width]);
  return to;
}

TEST(Attention, ASharedRootEqualsACopyOfItBeforeEachContinuation) {
  for (const std::int32_t window : {0, 25}) {
    SharedRoot tree;
    tree.shape.window = window;
    const std::size_t wide = 80, narrow = 40, heads = 4, rows = 80;
    const auto qkv = as_floats(random_values(rows * wide, 1)),
               d_out = as_floats(random_values(rows * narrow, 2));
    std::vector<float> out(rows * narrow), log_sums(rows * heads), d_qkv(rows * wide);
    attention_forward<float>(out, log_sums, qkv, {tree.starts, tree.parents}, tree.shape);
    attention_backward<float>(d_qkv, d_out, out, log_sums, qkv, {tree.starts, tree.parents}, tree.shape);

    const auto copied = rows_at<float>(qkv, tree.unrolled, wide);
    auto d_copied_out = rows_at<float>(d_out, tree.unrolled, narrow);
    std::vector<bool> seen(rows, false);
    for (std::size_t i = 0; i < tree.unrolled.size(); ++i) {  // the root's own results count once
      if (seen[tree.unrolled[i]]) std::fill_n(&d_copied_out[i * narrow], narrow, 0.0F);
      seen[tree.unrolled[i]] = true;
    }
    std::vector<float> plain_out(d_copied_out.size()), plain_sums(tree.unrolled.size() * heads);
    std::vector<float> d_copied(copied.size()), expected(d_qkv.size());
    attention_forward_reference<float>(plain_out, plain_sums, copied, tree.unrolled_starts, tree.shape);
    attention_backward_reference<float>(d_copied, d_copied_out, copied, tree.unrolled_starts, tree.shape);
    for (std::size_t i = 0; i < tree.unrolled.size(); ++i) {
      for (std::size_t j = 0; j < wide; ++j) expected[tree.unrolled[i] * wide + j] += d_copied[i * wide + j];
    }
    EXPECT_LT(largest_difference(rows_at<float>(out, tree.unrolled, narrow), plain_out), 1e-5);
    EXPECT_LT(largest_difference(d_qkv, expected), 1e-4);
  }
}

TEST(Attention, BitsDoNotDependOnThreads) {
  const Case& one = cases[3];
  Operands alone(one), together(one);
  const auto run = [&](Operands& o, int threads) {
    const ThreadScope scope(threads);
    attention_forward<float>(o.out, o.log_sums, o.qkv, {one.starts}, one.shape);
    attention_backward<float>(o.d_qkv, o.d_out, o.out, o.log_sums, o.qkv, {one.starts}, one.shape);
  };
  run(alone, 1);
  run(together, 3);
  EXPECT_EQ(alone.out, together.out);
  EXPECT_EQ(alone.d_qkv, together.d_qkv);
}

}  // namespace
}  // namespace preceptor::engine::test
