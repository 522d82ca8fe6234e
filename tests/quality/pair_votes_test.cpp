#include "quality/pair_votes.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.hpp"

namespace preceptor::quality {
namespace {

struct Crowd {
  std::vector<Vote> votes;
  std::vector<bool> first_is_better;
  std::map<std::int64_t, GoldRecord> golds;
};

// Eight people who are right 85 % of the time and four who always choose the first side.
Crowd crowd_with_side_clickers(std::uint64_t seed, int items) {
  Random random(seed);
  Crowd crowd;
  for (int item = 0; item < items; ++item) {
    const bool first = random.uniform() < .5;
    crowd.first_is_better.push_back(first);
    for (int slot = 0; slot < 3; ++slot) {
      const auto person = static_cast<std::int64_t>(random.below(12));
      const bool says_first = person >= 8 ? true : (random.uniform() < .85) == first;
      crowd.votes.push_back({item, person, says_first ? PairVote::first : PairVote::second});
    }
  }
  for (int person = 0; person < 12; ++person) crowd.golds[person] = {person >= 8 ? 10 : 17, 20};
  return crowd;
}

double share_right(const Crowd& crowd, const PairVoteResult& result) {
  double right = 0;
  for (std::size_t item = 0; item < crowd.first_is_better.size(); ++item) {
    const double p = result.first_is_better.at(static_cast<std::int64_t>(item));
    right += p == .5 ? .5 : (p > .5) == crowd.first_is_better[item] ? 1 : 0;
  }
  return right / static_cast<double>(crowd.first_is_better.size());
}

TEST(PairVotes, WeighingByReliabilityBeatsTheShareOfVotes) {
  const Crowd crowd = crowd_with_side_clickers(7, 600);
  const double weighted = share_right(crowd, aggregate_pair_votes(crowd.votes, crowd.golds, {}));
  const double plain = share_right(crowd, share_of_pair_votes(crowd.votes));
  EXPECT_GT(weighted, plain + .02);

  // As good as if everybody's reliability were known exactly.
  std::map<std::int64_t, GoldRecord> known;
  for (int person = 0; person < 12; ++person)
    known[person] = {person >= 8 ? 500000000 : 850000000, 1000000000};
  const double best = share_right(crowd, aggregate_pair_votes(crowd.votes, known, {}));
  EXPECT_GT(weighted, best - .02);
}

TEST(PairVotes, FindsWhoOnlyClicksOneSide) {
  const Crowd crowd = crowd_with_side_clickers(11, 600);
  const PairVoteResult result = aggregate_pair_votes(crowd.votes, crowd.golds, {});
  for (const auto& [person, reliability] : result.reliability) {
    if (person >= 8) {
      EXPECT_LT(reliability, .65) << person;
    } else {
      EXPECT_GT(reliability, .75) << person;
    }
  }
}

// By hand: reliabilities are held by 10^9 golds each, so p = logistic(log .8/.2 + log .8/.2 - log .6/.4).
TEST(PairVotes, ProbabilityIsTheLogisticOfTheSummedLogOdds) {
  const std::vector<Vote> votes = {
      {5, 1, PairVote::first}, {5, 2, PairVote::first}, {5, 3, PairVote::second}};
  const std::map<std::int64_t, GoldRecord> golds = {
      {1, {800000000, 1000000000}}, {2, {800000000, 1000000000}}, {3, {600000000, 1000000000}}};
  const double p = aggregate_pair_votes(votes, golds, {}).first_is_better.at(5);
  EXPECT_NEAR(p, (16 / 1.5) / (16 / 1.5 + 1), 1e-6);
}

TEST(PairVotes, ATieLeavesTheQuestionOpen) {
  const std::vector<Vote> votes = {{1, 1, PairVote::tie}, {1, 2, PairVote::tie}};
  EXPECT_DOUBLE_EQ(aggregate_pair_votes(votes, {}, {}).first_is_better.at(1), .5);
  EXPECT_DOUBLE_EQ(share_of_pair_votes(votes).first_is_better.at(1), .5);
}

TEST(PairVotes, NobodyBelowChanceIsTurnedRound) {
  const std::vector<Vote> votes = {{1, 1, PairVote::first}};
  const PairVoteResult result = aggregate_pair_votes(votes, {{1, {0, 50}}}, {});
  EXPECT_GE(result.first_is_better.at(1), .5);
  EXPECT_NEAR(result.first_is_better.at(1), .5, .05);
}

TEST(PairVotes, TheOrderOfTheVotesDoesNotMatter) {
  Crowd crowd = crowd_with_side_clickers(3, 50);
  const PairVoteResult before = aggregate_pair_votes(crowd.votes, crowd.golds, {});
  Random(1).shuffle(crowd.votes);
  const PairVoteResult after = aggregate_pair_votes(crowd.votes, crowd.golds, {});
  for (const auto& [item, p] : before.first_is_better) EXPECT_NEAR(p, after.first_is_better.at(item), 1e-9);
}

}  // namespace
}  // namespace preceptor::quality
