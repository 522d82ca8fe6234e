#include "engine/generation/token_picker.hpp"

#include <algorithm>
#include <numeric>

#include "engine/kernels/parallel.hpp"
#include "engine/kernels/softmax.hpp"

namespace preceptor::engine {
namespace {

TokenId pick_one(Sampler& sampler, std::vector<float>& scratch, const PickTask& task,
                 std::span<const float> logits) {
  if (rules_apply(*task.sampling, *task.history, task.allowed)) {
    scratch.assign(logits.begin(), logits.end());
    apply_rules(scratch, *task.sampling, *task.history, task.allowed);
    logits = scratch;
  }
  return sampler.pick(logits, *task.sampling, *task.random);
}

}  // namespace

std::vector<PickedToken> TokenPicker::pick(std::span<const PickTask> tasks, std::span<const float> logits,
                                           std::size_t vocabulary) {
  const auto row = [&](std::size_t i) { return logits.subspan(i * vocabulary, vocabulary); };
  std::vector<TokenId> ids(tasks.size());
  const std::size_t parts = places_.size();
  parallel_items(parts, [&](std::size_t part) {
    Place& place = places_[part];
    for (std::size_t i = tasks.size() * part / parts; i < tasks.size() * (part + 1) / parts; ++i) {
      ids[i] = pick_one(place.sampler, place.logits, tasks[i], row(i));
    }
  });

  std::vector<TokenId> targets = ids;
  for (TokenId& id : targets) id = std::max(id, 0);
  std::vector<float> logprobs(tasks.size());
  std::vector<float> log_sums(tasks.size());
  target_logprobs_forward(logprobs, log_sums, logits, targets, static_cast<std::int32_t>(vocabulary));

  std::vector<PickedToken> picked(tasks.size());
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    picked[i] = {.id = ids[i], .logprob = logprobs[i], .top = {}};
    const std::int32_t wanted = tasks[i].sampling->top_logprobs;
    if (ids[i] >= 0 && wanted > 0) picked[i].top = most_likely(row(i), log_sums[i], wanted);
  }
  return picked;
}

std::vector<TokenLogprob> most_likely(std::span<const float> logits, float log_sum, std::int32_t count) {
  std::vector<TokenId> ids(logits.size());
  std::iota(ids.begin(), ids.end(), 0);
  const auto logit = [&](TokenId id) { return logits[static_cast<std::size_t>(id)]; };
  const auto end = ids.begin() + static_cast<std::ptrdiff_t>(
                                     std::min(ids.size(), static_cast<std::size_t>(std::max(count, 0))));
  std::partial_sort(ids.begin(), end, ids.end(),
                    [&](TokenId a, TokenId b) { return logit(a) != logit(b) ? logit(a) > logit(b) : a < b; });
  std::vector<TokenLogprob> top;
  for (auto id = ids.begin(); id != end; ++id) top.push_back({*id, logit(*id) - log_sum});
  return top;
}

}  // namespace preceptor::engine
