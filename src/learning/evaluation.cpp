#include "learning/evaluation.hpp"

#include <cassert>
#include <cmath>
#include <functional>
#include <numeric>

#include "base/format.hpp"
#include "learning/packing.hpp"

namespace preceptor::learning {
namespace {

using engine::Network;

// Calls `part` with the indices of each micro-batch of `count` items.
void in_parts(std::size_t count, const std::function<std::int64_t(std::size_t)>& tokens_of,
              std::int64_t tokens_max, const std::function<void(std::span<const std::size_t>)>& part) {
  std::vector<std::size_t> all(count);
  std::iota(all.begin(), all.end(), std::size_t{0});
  for (const auto units : microbatches(all, tokens_of, tokens_max)) part(units);
}

Network network_of(const engine::Trainee& trainee, const EvaluationOptions& options) {
  return trainee.network({.precision = options.precision, .threads = options.threads});
}

struct Member {
  std::span<const text::TokenId> prompt, completion;
};

Result<void> check_members(const engine::ModelConfig& config, std::span<const Member> members) {
  for (std::size_t i = 0; i < members.size(); ++i) {
    auto good = check_sequence(config, members[i].prompt, members[i].completion, format("sequence {}", i));
    if (!good) return good;
  }
  return {};
}

std::int64_t length(const Member& member) {
  return static_cast<std::int64_t>(member.prompt.size() + member.completion.size());
}

Result<std::vector<double>> completion_logprobs(const engine::Trainee& trainee,
                                                std::span<const Member> members,
                                                const EvaluationOptions& options) {
  if (auto good = check_members(trainee.config(), members); !good) return tl::unexpected(good.error());
  Network network = network_of(trainee, options);
  std::vector<double> sums(members.size());
  const auto tokens_of = [&](std::size_t i) { return length(members[i]); };
  in_parts(members.size(), tokens_of, options.microbatch_tokens, [&](std::span<const std::size_t> part) {
    PackedTargets packed;
    std::vector<std::size_t> counts;
    for (const std::size_t i : part) {
      counts.push_back(append_completion(packed, members[i].prompt, members[i].completion));
    }
    const auto logprobs = network.logprobs(packed.batch, packed.targets);
    auto at = logprobs.begin();
    for (std::size_t i = 0; i < part.size(); ++i) {
      const auto end = at + static_cast<std::ptrdiff_t>(counts[i]);
      sums[part[i]] = std::accumulate(at, end, 0.0);
      at = end;
    }
  });
  return sums;
}

Result<std::vector<double>> member_scores(const engine::Trainee& trainee, std::span<const Member> members,
                                          const EvaluationOptions& options) {
  if (trainee.config().label_count != 1) {
    return refuse(ErrorKind::invalid, "is no reward model: it should have one label");
  }
  if (auto good = check_members(trainee.config(), members); !good) return tl::unexpected(good.error());
  Network network = network_of(trainee, options);
  std::vector<double> scores(members.size());
  const auto tokens_of = [&](std::size_t i) { return length(members[i]); };
  in_parts(members.size(), tokens_of, options.microbatch_tokens, [&](std::span<const std::size_t> part) {
    engine::PackedBatch batch{.tokens = {}, .starts = {0}, .parents = {}};
    for (const std::size_t i : part) append_member(batch, members[i].prompt, members[i].completion);
    const auto values = network.scores(batch);
    for (std::size_t i = 0; i < part.size(); ++i) scores[part[i]] = values[i];
  });
  return scores;
}

std::vector<Member> members_of(std::span<const PreferenceExample> pairs) {
  std::vector<Member> members;
  for (const PreferenceExample& pair : pairs) {
    members.push_back({pair.prompt, pair.chosen});
    members.push_back({pair.prompt, pair.rejected});
  }
  return members;
}

std::vector<PairScores> paired(std::span<const double> values) {
  std::vector<PairScores> pairs;
  for (std::size_t i = 0; i + 1 < values.size(); i += 2) pairs.push_back({values[i], values[i + 1]});
  return pairs;
}

}  // namespace

Result<std::vector<double>> reward_scores(const engine::Trainee& trainee,
                                          std::span<const std::vector<text::TokenId>> sequences,
                                          const EvaluationOptions& options) {
  std::vector<Member> members;
  for (const auto& sequence : sequences) members.push_back({sequence, {}});
  return member_scores(trainee, members, options);
}

Result<std::vector<PairScores>> pair_scores(const engine::Trainee& reward_model,
                                            std::span<const PreferenceExample> pairs,
                                            const EvaluationOptions& options) {
  return member_scores(reward_model, members_of(pairs), options).map(paired);
}

Result<std::vector<PairScores>> pair_logprobs(const engine::Trainee& trainee,
                                              std::span<const PreferenceExample> pairs,
                                              const EvaluationOptions& options) {
  return completion_logprobs(trainee, members_of(pairs), options).map(paired);
}

Result<std::vector<WeightedLogprob>> token_logprobs(const engine::Trainee& trainee,
                                                    std::span<const TokenExample> examples,
                                                    const EvaluationOptions& options) {
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const std::string what = format("example {}", i);
    if (examples[i].token_weights.size() != examples[i].tokens.size()) {
      return refuse(ErrorKind::invalid, "has another number of weights than of tokens", {}, what);
    }
    if (auto good = check_sequence(trainee.config(), examples[i].tokens, {}, what); !good) {
      return tl::unexpected(good.error());
    }
  }
  Network network = network_of(trainee, options);
  std::vector<WeightedLogprob> values(examples.size());
  const auto tokens_of = [&](std::size_t i) { return static_cast<std::int64_t>(examples[i].tokens.size()); };
  in_parts(examples.size(), tokens_of, options.microbatch_tokens, [&](std::span<const std::size_t> part) {
    PackedTargets packed;
    std::vector<std::size_t> ends;
    for (const std::size_t i : part) {
      append_sequence(packed, examples[i].tokens, examples[i].token_weights, 1.0F);
      ends.push_back(packed.targets.size());
    }
    const auto logprobs = network.logprobs(packed.batch, packed.targets);
    std::size_t target = 0;
    for (std::size_t i = 0; i < part.size(); ++i) {
      for (; target < ends[i]; ++target) {
        values[part[i]].logprob += static_cast<double>(packed.weights[target]) * logprobs[target];
        values[part[i]].weight += packed.weights[target];
      }
    }
  });
  return values;
}

double perplexity(std::span<const WeightedLogprob> values) {
  double logprob = 0;
  double weight = 0;
  for (const WeightedLogprob& value : values) {
    logprob += value.logprob;
    weight += value.weight;
  }
  assert(weight > 0);
  return std::exp(-logprob / weight);
}

Result<std::vector<double>> log_ratios(const engine::Trainee& policy, const engine::Trainee& reference,
                                       std::span<const CompletionExample> completions,
                                       const EvaluationOptions& options) {
  std::vector<Member> members;
  for (const CompletionExample& example : completions)
    members.push_back({example.prompt, example.completion});
  auto ratios = completion_logprobs(policy, members, options);
  if (!ratios) return ratios;
  const auto under_reference = completion_logprobs(reference, members, options);
  if (!under_reference) return under_reference;
  for (std::size_t i = 0; i < ratios->size(); ++i) (*ratios)[i] -= (*under_reference)[i];
  return ratios;
}

}  // namespace preceptor::learning
