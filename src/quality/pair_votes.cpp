#include "quality/pair_votes.hpp"

#include <algorithm>
#include <cmath>

namespace preceptor::quality {
namespace {

double log_odds(double probability) {
  constexpr double edge = 1e-6;
  const double p = std::clamp(probability, edge, 1 - edge);
  return std::log(p) - std::log1p(-p);
}

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

struct Tally {
  double right = 0;
  double answered = 0;
};

std::map<std::int64_t, Tally> prior_and_golds(std::span<const Vote> votes,
                                              const std::map<std::int64_t, GoldRecord>& golds,
                                              const PairVoteOptions& options) {
  std::map<std::int64_t, Tally> known;
  const Tally prior{options.prior_right * options.prior_strength, options.prior_strength};
  for (const Vote& v : votes) known.emplace(v.person, prior);
  for (const auto& [person, record] : golds) {
    Tally& tally = known.emplace(person, prior).first->second;
    tally.right += static_cast<double>(record.right);
    tally.answered += static_cast<double>(record.answered);
  }
  return known;
}

std::map<std::int64_t, double> item_probabilities(std::span<const Vote> votes,
                                                  const std::map<std::int64_t, double>& reliability) {
  std::map<std::int64_t, double> evidence;
  for (const Vote& v : votes) {
    const double weight = log_odds(reliability.at(v.person));
    evidence[v.item] += v.vote == PairVote::tie ? 0 : v.vote == PairVote::first ? weight : -weight;
  }
  for (auto& [item, value] : evidence) value = logistic(value);
  return evidence;
}

}  // namespace

PairVoteResult aggregate_pair_votes(std::span<const Vote> votes,
                                    const std::map<std::int64_t, GoldRecord>& golds,
                                    const PairVoteOptions& options) {
  const std::map<std::int64_t, Tally> known = prior_and_golds(votes, golds, options);
  PairVoteResult result;
  for (const auto& [person, tally] : known)
    result.reliability[person] = std::max(options.reliability_floor, tally.right / tally.answered);
  for (result.rounds = 1; result.rounds <= options.rounds_max; ++result.rounds) {
    result.first_is_better = item_probabilities(votes, result.reliability);
    std::map<std::int64_t, Tally> tallies = known;
    for (const Vote& v : votes) {
      if (v.vote == PairVote::tie) continue;
      const double first = result.first_is_better.at(v.item);
      tallies[v.person].right += v.vote == PairVote::first ? first : 1 - first;
      tallies[v.person].answered += 1;
    }
    double change = 0;
    for (const auto& [person, tally] : tallies) {
      double& reliability = result.reliability.at(person);
      const double updated = std::max(options.reliability_floor, tally.right / tally.answered);
      change = std::max(change, std::abs(updated - reliability));
      reliability = updated;
    }
    if (change < options.tolerance) break;
  }
  result.first_is_better = item_probabilities(votes, result.reliability);
  return result;
}

PairVoteResult share_of_pair_votes(std::span<const Vote> votes) {
  std::map<std::int64_t, Tally> tallies;
  for (const Vote& v : votes) {
    Tally& tally = tallies[v.item];
    tally.right += v.vote == PairVote::first ? 1 : v.vote == PairVote::tie ? 0.5 : 0;
    tally.answered += 1;
  }
  PairVoteResult result;
  for (const auto& [item, tally] : tallies) result.first_is_better[item] = tally.right / tally.answered;
  return result;
}

}  // namespace preceptor::quality
