#include "engine/generation/sampling.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "engine/kernels/token_weights.hpp"

namespace preceptor::engine {
namespace {

constexpr std::size_t nucleus_first_guess = 64;

auto more_likely_in(std::span<const float> logits) {
  return [logits](TokenId a, TokenId b) {
    const float one = logits[static_cast<std::size_t>(a)];
    const float other = logits[static_cast<std::size_t>(b)];
    return one != other ? one > other : a < b;
  };
}

// The first entry at which the running sum passes `threshold`. Entries of weight 0 are never chosen; rounding
// at the upper end falls back to the last entry with weight.
template <class Weight>
std::size_t first_beyond(std::size_t count, double threshold, const Weight& weight) {
  double sum = 0;
  std::size_t last = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double here = weight(i);
    if (here <= 0) continue;
    sum += here;
    last = i;
    if (sum > threshold) return i;
  }
  return last;
}

}  // namespace

Result<void> check(const SamplingOptions& options) {
  const auto invalid = [](const char* message) { return refuse(ErrorKind::invalid, message); };
  if (!(options.temperature >= 0) || !std::isfinite(options.temperature)) {
    return invalid("temperature must be 0 or a positive number");
  }
  if (options.top_k < 0) return invalid("top_k must be 0 (off) or positive");
  if (!(options.top_p > 0 && options.top_p <= 1)) return invalid("top_p must be above 0 and at most 1");
  if (!(options.min_p >= 0 && options.min_p <= 1)) return invalid("min_p must be between 0 and 1");
  if (options.tokens_max < 0) return invalid("tokens_max must not be negative");
  if (options.tokens_min < 0) return invalid("tokens_min must not be negative");
  if (!(options.repetition_penalty > 0) || !std::isfinite(options.repetition_penalty)) {
    return invalid("repetition_penalty must be a positive number (1: off)");
  }
  if (!std::isfinite(options.presence_penalty)) return invalid("presence_penalty must be a number");
  if (!std::isfinite(options.frequency_penalty)) return invalid("frequency_penalty must be a number");
  for (const LogitBias& entry : options.logit_bias) {
    if (!std::isfinite(entry.bias)) return invalid("every logit_bias must be a number");
  }
  if (options.top_logprobs < 0 || options.top_logprobs > top_logprobs_max) {
    return refuse(ErrorKind::invalid,
                  "top_logprobs must be between 0 and " + std::to_string(top_logprobs_max));
  }
  return {};
}

TokenId Sampler::pick(std::span<const float> logits, const SamplingOptions& options, Random& random) {
  const std::int64_t best = highest_logit(logits);
  if (best < 0 || options.temperature == 0) return static_cast<TokenId>(best);
  const bool filters = (options.top_k > 0 && static_cast<std::size_t>(options.top_k) < logits.size()) ||
                       options.top_p < 1 || options.min_p > 0;
  weights_.resize(logits.size());
  sums_.resize(weight_blocks(logits.size()));
  token_weights(weights_, sums_, logits, logits[static_cast<std::size_t>(best)], options.temperature);
  return filters ? pick_filtered(logits, options, random) : pick_unfiltered(random);
}

TokenId Sampler::pick_unfiltered(Random& random) {
  double sum = 0;
  for (const float of_block : sums_) sum += static_cast<double>(of_block);
  double threshold = random.uniform() * sum;
  const std::size_t block = first_beyond(sums_.size(), threshold, [&](std::size_t i) { return sums_[i]; });
  for (std::size_t i = 0; i < block; ++i) threshold -= static_cast<double>(sums_[i]);
  const std::size_t begin = block * weights_per_block;
  const std::size_t count = std::min(weights_per_block, weights_.size() - begin);
  return static_cast<TokenId>(
      begin + first_beyond(count, threshold, [&](std::size_t i) { return weights_[begin + i]; }));
}

TokenId Sampler::pick_filtered(std::span<const float> logits, const SamplingOptions& options,
                               Random& random) {
  candidates_.resize(logits.size());
  std::iota(candidates_.begin(), candidates_.end(), 0);
  if (options.top_k > 0) keep_most_likely(logits, static_cast<std::size_t>(options.top_k));
  if (options.top_p < 1) keep_nucleus(logits, options.top_p);
  if (options.min_p > 0) {  // the weight of the most likely is 1
    std::erase_if(candidates_,
                  [&](TokenId id) { return weights_[static_cast<std::size_t>(id)] < options.min_p; });
  }
  std::ranges::sort(candidates_, more_likely_in(logits));

  const auto weight = [&](std::size_t i) { return weights_[static_cast<std::size_t>(candidates_[i])]; };
  double sum = 0;
  for (std::size_t i = 0; i < candidates_.size(); ++i) sum += weight(i);
  return candidates_[first_beyond(candidates_.size(), random.uniform() * sum, weight)];
}

void Sampler::keep_most_likely(std::span<const float> logits, std::size_t count) {
  if (count >= candidates_.size()) return;
  std::nth_element(candidates_.begin(), candidates_.begin() + static_cast<std::ptrdiff_t>(count),
                   candidates_.end(), more_likely_in(logits));
  candidates_.resize(count);
}

// Sorting a whole vocabulary per token would cost more than the model: only as many of the most likely tokens
// are sorted as the nucleus can need, found by doubling.
void Sampler::keep_nucleus(std::span<const float> logits, float top_p) {
  double total = 0;
  for (const TokenId id : candidates_) total += weights_[static_cast<std::size_t>(id)];
  const double wanted = static_cast<double>(top_p) * total;
  const auto more_likely = more_likely_in(logits);

  std::size_t guess = std::min(nucleus_first_guess, candidates_.size());
  while (true) {
    const auto end = candidates_.begin() + static_cast<std::ptrdiff_t>(guess);
    if (end != candidates_.end()) std::nth_element(candidates_.begin(), end, candidates_.end(), more_likely);
    std::sort(candidates_.begin(), end, more_likely);
    double sum = 0;
    for (std::size_t i = 0; i < guess; ++i) {
      sum += weights_[static_cast<std::size_t>(candidates_[i])];
      if (sum >= wanted) {
        candidates_.resize(i + 1);
        return;
      }
    }
    if (guess == candidates_.size()) return;
    guess = std::min(guess * 4, candidates_.size());
  }
}

}  // namespace preceptor::engine
