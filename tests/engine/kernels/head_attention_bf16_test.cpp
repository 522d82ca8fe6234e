#include "engine/kernels/head_attention_bf16.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.hpp"
#include "engine/kernels/attention_bf16.hpp"

namespace preceptor::engine {
namespace {

// One query head that shares its rows with its key and value: row = {query, key, value}, dim each.
struct Case {
  std::size_t dim;
  std::vector<AttentionSegment> segments;
  std::size_t window = 0;

  std::size_t rows() const { return segments.back().first_row + segments.back().length; }
};

std::vector<Bf16> random_values(std::size_t count, Random& random) {
  std::vector<Bf16> values(count);
  for (Bf16& value : values) value = to_bf16(static_cast<float>(random.normal()));
  return values;
}

// Rows that a query sees: the root's and its own segment's up to itself, inside the window.
std::vector<std::size_t> seen_rows(const Case& c, std::size_t segment, std::size_t index) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; segment > 0 && i < c.segments[0].length; ++i) rows.push_back(i);
  for (std::size_t i = 0; i <= index; ++i) rows.push_back(c.segments[segment].first_row + i);
  if (c.window > 0 && rows.size() > c.window)
    rows.erase(rows.begin(), rows.end() - static_cast<long>(c.window));
  return rows;
}

// Plain attention in double precision and its gradients by rows of {query, key, value}.
struct Plain {
  std::vector<double> out, log_sums, d_rows;

  Plain(const Case& c, const std::vector<Bf16>& rows, const std::vector<Bf16>& d_out, double scale)
      : out(c.rows() * c.dim), log_sums(c.rows()), d_rows(c.rows() * 3 * c.dim) {
    for (std::size_t s = 0; s < c.segments.size(); ++s) {
      for (std::size_t i = 0; i < c.segments[s].length; ++i) add(c, rows, d_out, scale, s, i);
    }
  }

private:
  void add(const Case& c, const std::vector<Bf16>& rows, const std::vector<Bf16>& d_out, double scale,
           std::size_t segment, std::size_t index) {
    const std::size_t query = c.segments[segment].first_row + index;
    const std::vector<std::size_t> keys = seen_rows(c, segment, index);
    const auto at = [&](std::size_t row, std::size_t part, std::size_t i) {
      return (row * 3 + part) * c.dim + i;
    };
    std::vector<double> probability(keys.size());
    double sum = 0;
    for (std::size_t k = 0; k < keys.size(); ++k) {
      double score = 0;
      for (std::size_t i = 0; i < c.dim; ++i) {
        score += double{to_float(rows[at(query, 0, i)])} * to_float(rows[at(keys[k], 1, i)]);
      }
      probability[k] = std::exp(score * scale);
      sum += probability[k];
    }
    log_sums[query] = std::log(sum);
    std::vector<double> d_probability(keys.size());
    double mean = 0;
    for (std::size_t k = 0; k < keys.size(); ++k) {
      probability[k] /= sum;
      for (std::size_t i = 0; i < c.dim; ++i) {
        out[query * c.dim + i] += probability[k] * to_float(rows[at(keys[k], 2, i)]);
        d_probability[k] += double{to_float(d_out[query * c.dim + i])} * to_float(rows[at(keys[k], 2, i)]);
        d_rows[at(keys[k], 2, i)] += probability[k] * to_float(d_out[query * c.dim + i]);
      }
      mean += probability[k] * d_probability[k];
    }
    for (std::size_t k = 0; k < keys.size(); ++k) {
      const double d_score = probability[k] * (d_probability[k] - mean) * scale;
      for (std::size_t i = 0; i < c.dim; ++i) {
        d_rows[at(query, 0, i)] += d_score * to_float(rows[at(keys[k], 1, i)]);
        d_rows[at(keys[k], 1, i)] += d_score * to_float(rows[at(query, 0, i)]);
      }
    }
  }
};

void check(const Case& c) {
  if (!cpu_has_bf16()) {
    ASSERT_FALSE(attention_bf16_suits({1, 1, static_cast<std::int32_t>(c.dim)}));
    return;
  }
  Random random(c.rows() * 31 + c.dim);
  const std::vector<Bf16> rows = random_values(c.rows() * 3 * c.dim, random);
  const std::vector<Bf16> d_out = random_values(c.rows() * c.dim, random);
  const float scale = 1.0F / std::sqrt(static_cast<float>(c.dim));
  const HeadAttention head{.segments = c.segments,
                           .dim = c.dim,
                           .scale = scale,
                           .window = c.window,
                           .query = rows.data(),
                           .key = rows.data() + c.dim,
                           .value = rows.data() + 2 * c.dim,
                           .qkv_step = 3 * c.dim,
                           .out_step = c.dim,
                           .log_step = 1};
  AttentionScratch scratch;
  std::vector<Bf16> out(c.rows() * c.dim), d_rows(c.rows() * 3 * c.dim);
  std::vector<float> log_sums(c.rows());
  head_attention_forward_bf16(head, {out.data(), log_sums.data()}, scratch);
  const std::size_t width = (c.dim + 15) / 16 * 16;
  std::vector<float> d_key(c.rows() * width), d_value(c.rows() * width);
  head_attention_backward_bf16(
      head, {out.data(), log_sums.data(), d_out.data(), d_rows.data(), d_key.data(), d_value.data(), width},
      scratch);
  const Plain plain(c, rows, d_out, scale);
  for (std::size_t row = 0; row < c.rows(); ++row) {
    ASSERT_NEAR(log_sums[row], plain.log_sums[row], 1e-5 * (1 + std::abs(plain.log_sums[row]))) << row;
    for (std::size_t i = 0; i < c.dim; ++i) {
      ASSERT_NEAR(to_float(out[row * c.dim + i]), plain.out[row * c.dim + i], 0.02) << row << ' ' << i;
      ASSERT_NEAR(to_float(d_rows[row * 3 * c.dim + i]), plain.d_rows[row * 3 * c.dim + i], 0.06) << row;
      ASSERT_NEAR(d_key[row * width + i], plain.d_rows[(row * 3 + 1) * c.dim + i], 0.06) << row;
      ASSERT_NEAR(d_value[row * width + i], plain.d_rows[(row * 3 + 2) * c.dim + i], 0.06) << row;
    }
  }
}

TEST(HeadAttentionBf16, MatchesPlainLoopsOverOddShapes) {
  for (const std::size_t dim : {2U, 6U, 16U, 20U, 64U, 80U}) {
    for (const std::size_t length : {1U, 2U, 23U, 25U, 64U, 67U, 150U}) check({dim, {{0, length}}});
  }
}

TEST(HeadAttentionBf16, ASegmentSeesItsRootAndNotItsSiblings) {
  check({16, {{0, 5}, {5, 1}, {6, 40}}});
  check({24, {{0, 33}, {33, 70}, {103, 3}, {106, 16}}});
  check({64, {{0, 130}, {130, 65}, {195, 129}}});
}

TEST(HeadAttentionBf16, AWindowHidesWhatLiesFurtherBack) {
  for (const std::size_t window : {1U, 7U, 16U, 40U, 1000U}) {
    check({16, {{0, 100}}, window});
    check({16, {{0, 37}, {37, 50}, {87, 9}}, window});
  }
}

}  // namespace
}  // namespace preceptor::engine
