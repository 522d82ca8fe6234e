#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/kernels/attention.hpp"

namespace preceptor::engine {

// Plain loops for attention.hpp: one query at a time against the keys it may see.
template <class T>
struct AttentionReference {
  AttentionShape shape;
  std::span<const T> qkv;

  std::size_t dim() const { return static_cast<std::size_t>(shape.head_dim); }
  std::size_t at(std::size_t row) const { return row * static_cast<std::size_t>(shape.qkv_width()); }
  std::size_t query_at(std::size_t row, std::size_t head) const { return at(row) + head * dim(); }
  std::size_t key_at(std::size_t row, std::size_t head) const {
    const std::size_t group = static_cast<std::size_t>(shape.head_count / shape.kv_head_count);
    return at(row) + static_cast<std::size_t>(shape.query_width()) + head / group * dim();
  }
  std::size_t value_at(std::size_t row, std::size_t head) const {
    return key_at(row, head) + static_cast<std::size_t>(shape.key_width());
  }

  T scale() const { return shape.scale > 0 ? T(shape.scale) : T(1) / std::sqrt(static_cast<T>(dim())); }
  // First key that the row sees, of a sequence that starts at `first`.
  std::size_t first_seen(std::size_t row, std::size_t first) const {
    const auto window = static_cast<std::size_t>(shape.window);
    return window == 0 || row - first < window ? first : row + 1 - window;
  }

  // Probabilities of the keys first … row; returns log Σ exp.
  T weights(std::vector<T>& probability, std::size_t first, std::size_t row, std::size_t head) const {
    probability.assign(row - first + 1, 0);
    for (std::size_t key = first; key <= row; ++key) {
      for (std::size_t i = 0; i < dim(); ++i) {
        probability[key - first] += qkv[query_at(row, head) + i] * qkv[key_at(key, head) + i];
      }
      probability[key - first] *= scale();
    }
    const T highest = *std::max_element(probability.begin(), probability.end());
    T sum = 0;
    for (const T score : probability) sum += std::exp(score - highest);
    for (T& score : probability) score = std::exp(score - highest) / sum;
    return highest + std::log(sum);
  }

  // Calls step(row, first key seen, head).
  template <class Step>
  void each(std::span<const std::int32_t> starts, const Step& step) const {
    for (std::size_t sequence = 0; sequence + 1 < starts.size(); ++sequence) {
      const auto first = static_cast<std::size_t>(starts[sequence]);
      for (std::size_t row = first; row < static_cast<std::size_t>(starts[sequence + 1]); ++row) {
        for (std::size_t head = 0; head < static_cast<std::size_t>(shape.head_count); ++head)
          step(row, first_seen(row, first), head);
      }
    }
  }
};

template <class T>
void attention_forward_reference(std::span<T> out, std::span<T> log_sums, std::span<const T> qkv,
                                 std::span<const std::int32_t> starts, const AttentionShape& shape) {
  const AttentionReference<T> plain{shape, qkv};
  std::fill(out.begin(), out.end(), T(0));
  std::fill(log_sums.begin(), log_sums.end(), T(0));
  std::vector<T> probability;
  plain.each(starts, [&](std::size_t row, std::size_t first, std::size_t head) {
    log_sums[row * static_cast<std::size_t>(shape.head_count) + head] =
        plain.weights(probability, first, row, head);
    T* to = &out[row * static_cast<std::size_t>(shape.query_width()) + head * plain.dim()];
    for (std::size_t key = first; key <= row; ++key) {
      for (std::size_t i = 0; i < plain.dim(); ++i) {
        to[i] += probability[key - first] * qkv[plain.value_at(key, head) + i];
      }
    }
  });
}

template <class T>
void attention_backward_reference(std::span<T> d_qkv, std::span<const T> d_out, std::span<const T> qkv,
                                  std::span<const std::int32_t> starts, const AttentionShape& shape) {
  const AttentionReference<T> plain{shape, qkv};
  std::fill(d_qkv.begin(), d_qkv.end(), T(0));
  std::vector<T> probability, d_probability;
  plain.each(starts, [&](std::size_t row, std::size_t first, std::size_t head) {
    plain.weights(probability, first, row, head);
    const T* from = &d_out[row * static_cast<std::size_t>(shape.query_width()) + head * plain.dim()];
    d_probability.assign(probability.size(), 0);
    T mean = 0;
    for (std::size_t key = first; key <= row; ++key) {
      for (std::size_t i = 0; i < plain.dim(); ++i) {
        d_probability[key - first] += from[i] * qkv[plain.value_at(key, head) + i];
        d_qkv[plain.value_at(key, head) + i] += probability[key - first] * from[i];
      }
      mean += probability[key - first] * d_probability[key - first];
    }
    for (std::size_t key = first; key <= row; ++key) {
      const T d_score = probability[key - first] * (d_probability[key - first] - mean) * plain.scale();
      for (std::size_t i = 0; i < plain.dim(); ++i) {
        d_qkv[plain.query_at(row, head) + i] += d_score * qkv[plain.key_at(key, head) + i];
        d_qkv[plain.key_at(key, head) + i] += d_score * qkv[plain.query_at(row, head) + i];
      }
    }
  });
}

}  // namespace preceptor::engine
