#include "engine/model/language_head.hpp"

#include <algorithm>

#include "engine/kernels/embedding.hpp"
#include "engine/kernels/softmax.hpp"
#include "engine/model/batch.hpp"

namespace preceptor::engine {

namespace {

// Bounds the logits that exist at a time: 36 MB. A third of it where the head is frozen: no gradient of its
// weights is read and written for each chunk, so that small chunks cost little.
constexpr std::size_t logits_max = 9U << 20U;
constexpr std::size_t frozen_logits_max = 3U << 20U;

template <class Pack>
void pack(const HeldMatrix& held, const Pack& pack_values) {
  if (held.fp32.empty()) return pack_values(held.bf16);
  pack_values(held.fp32);
}

template <class T>
std::span<const T> read(std::span<T> values) {
  return values;
}

}  // namespace

template <class Real>
LanguageHead<Real>::LanguageHead(const ModelWeights& weights)
    : weights_(weights), config_(weights.config()), slices_(weights.slices()), norm_(config_) {}

template <class Real>
void LanguageHead<Real>::pack_for_forward() {
  if (slices_.head.count == 0) {
    throw Failure(ErrorKind::unsupported, "this model scores sequences and has no language head");
  }
  if (!linear_) linear_.emplace(config_.vocabulary_size, config_.hidden_size);
  if (!forward_packed_) pack(weights_.table(slices_.head), [&](auto weight) { linear_->pack(weight); });
  forward_packed_ = true;
}

template <class Real>
void LanguageHead<Real>::pack_for_backward() {
  if (!backward_packed_) {
    pack(weights_.table(slices_.head), [&](auto weight) { linear_->pack_for_backward(weight); });
  }
  backward_packed_ = true;
}

template <class Real>
std::size_t LanguageHead<Real>::chunk_rows(std::size_t padded) const {
  const std::size_t most = weights_.adapter() == nullptr ? logits_max : frozen_logits_max;
  const std::size_t fitting = most / static_cast<std::size_t>(config_.vocabulary_size);
  return std::min(padded, std::max(row_multiple, fitting / row_multiple * row_multiple));
}

template <class Real>
void LanguageHead<Real>::gather(HeadActivations<Real>& activations, std::span<const float> residual) {
  const auto hidden = static_cast<std::size_t>(config_.hidden_size);
  const std::size_t padded = activations.padded();
  activations.arena.carve([&](Carver& carver) {
    activations.gathered = carver.take<float>(padded * hidden);
    activations.statistics = norm_.take(carver, padded);
    activations.normed = carver.take<Real>(padded * hidden);
    activations.logprobs = carver.take<float>(padded);
    activations.log_sums = carver.take<float>(padded);
    activations.logits =
        carver.take<float>(chunk_rows(padded) * static_cast<std::size_t>(config_.vocabulary_size));
  });
  const auto gathered = activations.gathered;
  gather_rows(gathered.first(activations.count * hidden), residual, activations.rows, config_.hidden_size);
  std::ranges::fill(gathered.subspan(activations.count * hidden), 0.0F);
  norm_.forward(activations.normed, activations.statistics, read(gathered), slices_.final_norm,
                weights_.vectors());
}

template <class Real>
void LanguageHead<Real>::chunk_logits(HeadActivations<Real>& activations, std::size_t first,
                                      std::size_t rows) {
  const auto hidden = static_cast<std::size_t>(config_.hidden_size);
  linear_->forward_fp32(activations.logits, activations.normed.subspan(first * hidden, rows * hidden),
                        static_cast<std::int32_t>(rows));
}

template <class Real>
void LanguageHead<Real>::chunk_logprobs(HeadActivations<Real>& activations, std::size_t first,
                                        std::size_t rows) {
  chunk_logits(activations, first, rows);
  target_logprobs_forward(activations.logprobs.subspan(first, rows),
                          activations.log_sums.subspan(first, rows), activations.logits,
                          std::span<const std::int32_t>(activations.tokens).subspan(first, rows),
                          config_.vocabulary_size);
}

template <class Real>
void LanguageHead<Real>::gather_targets(HeadActivations<Real>& activations, std::span<const float> residual,
                                        std::span<const Target> targets) {
  activations.count = targets.size();
  activations.rows.clear();
  activations.tokens.assign(padded_rows(targets.size()), 0);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    activations.rows.push_back(targets[i].row);
    activations.tokens[i] = targets[i].token;
  }
  gather(activations, residual);
}

template <class Real>
void LanguageHead<Real>::forward(HeadActivations<Real>& activations, std::span<const float> residual,
                                 std::span<const Target> targets) {
  pack_for_forward();
  gather_targets(activations, residual, targets);
  const std::size_t padded = activations.padded();
  const std::size_t chunk = chunk_rows(padded);
  activations.whole = chunk == padded;
  for (std::size_t first = 0; first < padded; first += chunk) {
    chunk_logprobs(activations, first, std::min(chunk, padded - first));
  }
}

template <class Real>
void LanguageHead<Real>::take_scratch(const HeadActivations<Real>& activations,
                                      std::span<const float> d_logprobs) {
  const auto hidden = static_cast<std::size_t>(config_.hidden_size);
  const std::size_t padded = activations.padded();
  scratch_.arena.carve([&](Carver& carver) {
    scratch_.d_logprobs = carver.take<float>(padded);
    scratch_.d_gathered = carver.take<float>(padded * hidden);
    scratch_.d_normed = carver.take<Real>(padded * hidden);
    scratch_.d_logits =
        carver.take<Real>(chunk_rows(padded) * static_cast<std::size_t>(config_.vocabulary_size));
  });
  std::ranges::fill(scratch_.d_logprobs, 0.0F);
  std::ranges::copy(d_logprobs, scratch_.d_logprobs.begin());
  std::ranges::fill(scratch_.d_gathered, 0.0F);
}

// From the logits of the chunk.
template <class Real>
void LanguageHead<Real>::chunk_backward(HeadActivations<Real>& activations, std::size_t first,
                                        std::size_t rows, const Gradients& gradients) {
  const auto hidden = static_cast<std::size_t>(config_.hidden_size);
  const auto count = static_cast<std::int32_t>(rows);
  target_logprobs_backward(scratch_.d_logits, scratch_.d_logprobs.subspan(first, rows),
                           read(activations.logits), activations.log_sums.subspan(first, rows),
                           std::span<const std::int32_t>(activations.tokens).subspan(first, rows),
                           config_.vocabulary_size);
  if (!gradients.frozen()) {
    linear_->backward_weight(slices_.head.of(gradients.tables_and_matrices), scratch_.d_logits,
                             activations.normed.subspan(first * hidden, rows * hidden), count);
  }
  linear_->backward_input(scratch_.d_normed.subspan(first * hidden, rows * hidden), scratch_.d_logits, count);
}

template <class Real>
void LanguageHead<Real>::finish_backward(HeadActivations<Real>& activations, std::span<float> d_residual,
                                         const Gradients& gradients) {
  const auto hidden = static_cast<std::size_t>(config_.hidden_size);
  // The rounded copy of d_gathered is not needed: it goes where the norm's gradient came from.
  norm_.backward(scratch_.d_gathered, scratch_.d_normed, read(scratch_.d_normed), activations.gathered,
                 activations.statistics, slices_.final_norm, weights_.vectors(), gradients.vectors);
  scatter_rows(d_residual, scratch_.d_gathered.first(activations.count * hidden), activations.rows,
               config_.hidden_size);
}

template <class Real>
void LanguageHead<Real>::backward(HeadActivations<Real>& activations, std::span<const float> d_logprobs,
                                  std::span<float> d_residual, const Gradients& gradients) {
  pack_for_backward();
  take_scratch(activations, d_logprobs);
  const std::size_t padded = activations.padded();
  const std::size_t chunk = chunk_rows(padded);
  for (std::size_t first = 0; first < padded; first += chunk) {
    const std::size_t rows = std::min(chunk, padded - first);
    if (!activations.whole) chunk_logits(activations, first, rows);
    chunk_backward(activations, first, rows, gradients);
  }
  finish_backward(activations, d_residual, gradients);
}

template <class Real>
void LanguageHead<Real>::forward_backward(HeadActivations<Real>& activations, std::span<const float> residual,
                                          std::span<const Target> targets, std::span<const float> d_logprobs,
                                          std::span<float> d_residual, const Gradients& gradients) {
  pack_for_forward();
  pack_for_backward();
  gather_targets(activations, residual, targets);
  take_scratch(activations, d_logprobs);
  const std::size_t padded = activations.padded();
  const std::size_t chunk = chunk_rows(padded);
  for (std::size_t first = 0; first < padded; first += chunk) {
    const std::size_t rows = std::min(chunk, padded - first);
    chunk_logprobs(activations, first, rows);
    chunk_backward(activations, first, rows, gradients);
  }
  finish_backward(activations, d_residual, gradients);
}

template <class Real>
HeadMemory LanguageHead<Real>::memory(std::size_t rows) const {
  if (slices_.head.count == 0 || config_.label_count > 0) return {};
  const auto hidden = static_cast<std::size_t>(config_.hidden_size);
  const std::size_t logits = chunk_rows(rows) * static_cast<std::size_t>(config_.vocabulary_size);
  return {.packed = 2 * sizeof(Real) * slices_.head.count,
          .activations = 2 * rows * hidden * (sizeof(float) + sizeof(Real)),
          .logits = logits * (sizeof(float) + sizeof(Real))};
}

template <class Real>
std::vector<float> LanguageHead<Real>::logits(std::span<const float> residual,
                                              std::span<const std::int32_t> rows) {
  pack_for_forward();
  HeadActivations<Real> activations;
  activations.count = rows.size();
  activations.rows.assign(rows.begin(), rows.end());
  activations.tokens.assign(padded_rows(rows.size()), 0);
  gather(activations, residual);
  const auto vocabulary = static_cast<std::size_t>(config_.vocabulary_size);
  std::vector<float> all(activations.padded() * vocabulary);
  linear_->forward_fp32(all, activations.normed, static_cast<std::int32_t>(activations.padded()));
  all.resize(rows.size() * vocabulary);
  return all;
}

template class LanguageHead<float>;
template class LanguageHead<Bf16>;

}  // namespace preceptor::engine
