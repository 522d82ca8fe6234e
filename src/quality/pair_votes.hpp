#pragma once
#include <cstdint>
#include <map>
#include <span>

namespace preceptor::quality {

enum class PairVote { first, second, tie };

struct Vote {
  std::int64_t item = 0;
  std::int64_t person = 0;
  PairVote vote = PairVote::tie;
};

// How often a person was right on items whose answer was known beforehand.
struct GoldRecord {
  std::int64_t right = 0;
  std::int64_t answered = 0;
};

struct PairVoteOptions {
  double prior_right = 0.75;       // what is believed of a person before any evidence…
  double prior_strength = 8;       // …as worth this many golds
  double reliability_floor = 0.5;  // below chance is treated as chance: nobody's vote is turned round
  int rounds_max = 200;
  double tolerance = 1e-10;
};

struct PairVoteResult {
  std::map<std::int64_t, double> first_is_better;  // item → probability
  std::map<std::int64_t, double> reliability;      // person → probability of voting right
  int rounds = 0;
};

// One-coin Dawid–Skene (1979) for two answers, by expectation–maximisation, anchored by golds: a person's
// reliability is the posterior mean of Beta(prior + golds + expected agreement), an item's probability is
// the logistic of the summed log-odds of its votes. A tie is no evidence for either side. The anchor
// (golds and prior) is what keeps the solution from flipping on hard data.
PairVoteResult aggregate_pair_votes(std::span<const Vote> votes,
                                    const std::map<std::int64_t, GoldRecord>& golds,
                                    const PairVoteOptions& options);

// The plain share of votes for the first answer, a tie counting half: what is had without weighting.
PairVoteResult share_of_pair_votes(std::span<const Vote> votes);

}  // namespace preceptor::quality
