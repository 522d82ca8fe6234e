#include "feedback/review_policy.hpp"

#include <gtest/gtest.h>

#include "feedback/adjudication.hpp"
#include "feedback/work_settings.hpp"

namespace preceptor::feedback {
namespace {

WorkPolicy reviewing(std::int64_t newcomer, double share) {
  WorkPolicy policy;
  policy.review[TaskKind::compare] = {.newcomer = newcomer, .share = share};
  return policy;
}

double share_reviewed(const WorkPolicy& policy, std::int64_t before) {
  int reviewed = 0;
  for (int task = 1; task <= 4000; ++task)
    reviewed += is_reviewed(policy, TaskKind::compare, TaskId{task}, PersonId{task % 7}, before) ? 1 : 0;
  return reviewed / 4000.0;
}

TEST(ReviewPolicy, AllOfANewcomersWorkIsReviewedAndALaterShare) {
  const WorkPolicy policy = reviewing(20, 0.25);
  EXPECT_DOUBLE_EQ(share_reviewed(policy, 0), 1);
  EXPECT_DOUBLE_EQ(share_reviewed(policy, 19), 1);
  EXPECT_NEAR(share_reviewed(policy, 20), 0.25, 0.03);
}

TEST(ReviewPolicy, TheShareIsNeverUnderOneInTwenty) {
  EXPECT_NEAR(share_reviewed(reviewing(0, 0), 100), 0.05, 0.015);
  EXPECT_GT(share_reviewed(reviewing(0, 0), 100), 0.02);
}

TEST(ReviewPolicy, TheSameJudgmentIsAlwaysChosenOrNeverIs) {
  const WorkPolicy policy = reviewing(0, 0.5);
  for (int task = 1; task <= 100; ++task) {
    EXPECT_EQ(is_reviewed(policy, TaskKind::compare, TaskId{task}, PersonId{3}, 9),
              is_reviewed(policy, TaskKind::compare, TaskId{task}, PersonId{3}, 9000));
  }
}

TEST(ReviewPolicy, KindsThatAreNotNamedAreNotReviewed) {
  EXPECT_FALSE(is_reviewed(reviewing(20, 1), TaskKind::rate, TaskId{1}, PersonId{1}, 0));
}

TEST(ReviewPolicy, OnlyWhatCanBeKeptIsAccepted) {
  EXPECT_TRUE(check_policy({}, reviewing(20, 0.05)));
  EXPECT_EQ(check_policy({}, reviewing(20, 0.04)).error().where, "/review/compare/share");
  EXPECT_EQ(check_policy({}, reviewing(-1, 0.5)).error().where, "/review/compare/newcomer");
  EXPECT_EQ(check_policy({.compare = 0}, {}).error().where, "/overlap/compare");
  Overlap overlap;
  overlap.others[TaskKind::spans] = 101;
  EXPECT_EQ(check_policy(overlap, {}).error().where, "/overlap/spans");
  overlap.others = {{TaskKind::review, 2}};
  EXPECT_EQ(check_policy(overlap, {}).error().where, "/overlap/review");
  EXPECT_EQ(check_policy({}, {.review = {}, .adjudicate_below = 2}).error().where, "/adjudicate_below");
}

TEST(ReviewPolicy, AnAdjudicatorIsAskedWherePeopleAgreeLessThanTheProjectWants) {
  EXPECT_FALSE(is_adjudicated({}, 0));
  EXPECT_TRUE(is_adjudicated({.review = {}, .adjudicate_below = 0.5}, 1.0 / 3));
  EXPECT_FALSE(is_adjudicated({.review = {}, .adjudicate_below = 0.5}, 0.5));
}

}  // namespace
}  // namespace preceptor::feedback
