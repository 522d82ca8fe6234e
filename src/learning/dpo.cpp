#include "learning/dpo.hpp"

#include <cmath>
#include <numeric>
#include <utility>
#include <vector>

#include "base/format.hpp"
#include "learning/packing.hpp"
#include "learning/pair_units.hpp"
#include "learning/training_run.hpp"

namespace preceptor::learning {
namespace {

struct PairTargets {
  std::size_t chosen = 0, rejected = 0;  // how many targets each answer has
};

PairTargets append_pair(PackedTargets& packed, const PreferenceExample& pair) {
  const std::span<const text::TokenId> both[] = {pair.chosen, pair.rejected};
  const std::vector<std::size_t> counts = append_completions(packed, pair.prompt, both);
  return {counts[0], counts[1]};
}

// Sums of consecutive log-probabilities, in double.
class SumReader {
public:
  explicit SumReader(std::span<const float> values) : values_(values) {}
  double next(std::size_t count) {
    const auto part = values_.subspan(at_, count);
    at_ += count;
    return std::accumulate(part.begin(), part.end(), 0.0);
  }

private:
  std::span<const float> values_;
  std::size_t at_ = 0;
};

class DpoObjective : public Objective {
public:
  DpoObjective(PairUnits units, const DpoOptions& options, std::int64_t microbatch_tokens)
      : units_(std::move(units)), options_(options), microbatch_tokens_(microbatch_tokens) {}

  std::size_t unit_count() const override { return units_.pairs.size(); }
  std::int64_t tokens(std::size_t unit) const override { return PairUnits::tokens(*units_.pairs[unit]); }
  double weight(std::size_t unit) const override { return units_.pairs[unit]->weight; }

  // The reference log-probabilities, once and for all steps.
  void prepare(engine::Network& network) override {
    reference_.resize(unit_count());
    std::vector<std::size_t> all(unit_count());
    std::iota(all.begin(), all.end(), std::size_t{0});
    const auto tokens_of = [&](std::size_t unit) { return tokens(unit); };
    for (const auto part : microbatches(all, tokens_of, microbatch_tokens_)) {
      PackedTargets packed;
      std::vector<PairTargets> counts;
      for (const std::size_t unit : part) counts.push_back(append_pair(packed, *units_.pairs[unit]));
      const auto logprobs = network.logprobs(packed.batch, packed.targets);
      SumReader sums(logprobs);
      for (std::size_t i = 0; i < part.size(); ++i) {
        const double chosen = sums.next(counts[i].chosen);
        reference_[part[i]] = {chosen, sums.next(counts[i].rejected)};
      }
    }
  }

  void accumulate(engine::Network& network, std::span<const std::size_t> units, double batch_weight,
                  BatchTotals& totals) override {
    PackedTargets packed;
    std::vector<PairTargets> counts;
    for (const std::size_t unit : units) counts.push_back(append_pair(packed, *units_.pairs[unit]));
    const auto logprobs = network.forward_logprobs(packed.batch, packed.targets);
    SumReader sums(logprobs);
    std::vector<float> d_logprobs;
    d_logprobs.reserve(logprobs.size());
    for (std::size_t i = 0; i < units.size(); ++i) {
      const PreferenceExample& example = *units_.pairs[units[i]];
      PairLogprobs pair;
      pair.chosen = sums.next(counts[i].chosen);
      pair.rejected = sums.next(counts[i].rejected);
      pair.reference_chosen = reference_[units[i]].chosen;
      pair.reference_rejected = reference_[units[i]].rejected;
      pair.chosen_tokens = static_cast<std::int64_t>(counts[i].chosen);
      pair.rejected_tokens = static_cast<std::int64_t>(counts[i].rejected);
      const double share = example.weight / batch_weight;
      const PairLoss loss = direct_preference_loss(pair, example.probability, options_);
      d_logprobs.insert(d_logprobs.end(), counts[i].chosen, static_cast<float>(share * loss.d_chosen));
      d_logprobs.insert(d_logprobs.end(), counts[i].rejected, static_cast<float>(share * loss.d_rejected));
      report(pair, loss, share, totals);
    }
    network.backward_logprobs(d_logprobs);
  }

  void describe(Sha256& hash) const override {
    hash.add(
        format("dpo {} {} {};", static_cast<int>(options_.loss), options_.beta, options_.label_smoothing));
    units_.describe(hash);
  }

private:
  struct ReferencePair {
    double chosen = 0, rejected = 0;
  };

  void report(const PairLogprobs& pair, const PairLoss& loss, double share, BatchTotals& totals) const {
    const double chosen_change = pair.chosen - pair.reference_chosen;
    const double rejected_change = pair.rejected - pair.reference_rejected;
    const double lead = chosen_change - rejected_change;
    totals.loss += share * loss.loss;
    totals.metrics["reward_chosen"] += share * options_.beta * chosen_change;
    totals.metrics["reward_rejected"] += share * options_.beta * rejected_change;
    totals.metrics["margin"] += share * options_.beta * lead;
    totals.metrics["accuracy"] += share * (lead > 0 ? 1.0 : lead < 0 ? 0.0 : 0.5);
    totals.metrics["logprob_chosen"] += share * pair.chosen;
    totals.metrics["logprob_rejected"] += share * pair.rejected;
    totals.metrics["chosen_logprob_change"] += share * chosen_change;
  }

  PairUnits units_;
  DpoOptions options_;
  std::int64_t microbatch_tokens_;
  std::vector<ReferencePair> reference_;
};

Result<void> check(const DpoOptions& options) {
  if (!(options.beta > 0) || !std::isfinite(options.beta)) {
    return refuse(ErrorKind::invalid, "beta should be above 0");
  }
  const double most = options.loss == DpoLoss::robust ? 0.4999 : 0.5;
  if (!(options.label_smoothing >= 0 && options.label_smoothing <= most)) {
    return refuse(ErrorKind::invalid, format("label smoothing should lie between 0 and {}", most));
  }
  return {};
}

}  // namespace

Result<TrainingReport> dpo(const engine::Trainee& trainee, std::span<const PreferenceExample> examples,
                           const DpoOptions& dpo, const TrainingOptions& options,
                           const TrainingHooks& hooks) {
  if (auto good = check(dpo); !good) return tl::unexpected(good.error());
  auto units = pair_units(trainee.config(), examples);
  if (!units) return tl::unexpected(units.error());
  const std::int64_t left_out = units->left_out;
  DpoObjective objective(std::move(*units), dpo, options.microbatch_tokens);
  return run_training(trainee, objective, options, hooks, left_out);
}

}  // namespace preceptor::learning
