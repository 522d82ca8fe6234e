#include "feedback/golds.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "quality/watch.hpp"

namespace preceptor::feedback {
namespace {

// The gold at which the watch raises its alarm on a person of this skill, or nothing within `golds_max`.
std::optional<int> alarm_at(double skill, int golds_max, Random& random) {
  Membership member;
  for (int gold = 1; gold <= golds_max; ++gold) {
    if (watch_gold(member, random.uniform() < skill, GoldWatchSettings{})) return gold;
  }
  return std::nullopt;
}

TEST(Golds, OnlyTheNamedBetterResponseIsRight) {
  const GoldAnswer gold{.better = ResponseId{7}, .explanation = ""};
  EXPECT_TRUE(gold_right(gold, {.outcome = Outcome::better, .better = ResponseId{7}}));
  EXPECT_FALSE(gold_right(gold, {.outcome = Outcome::better, .better = ResponseId{9}}));
  EXPECT_FALSE(gold_right(gold, {.outcome = Outcome::tie}));
  EXPECT_FALSE(gold_right(gold, {.outcome = Outcome::both_bad}));
}

TEST(Golds, TheWatchStepsByTheLogLikelihoodRatioAndNeverBelowZero) {
  const quality::GoldWatch watch;
  EXPECT_DOUBLE_EQ(quality::watch_step(0, true, watch), 0);
  EXPECT_NEAR(quality::watch_step(0, false, watch), 0.980829, 1e-6);
  EXPECT_NEAR(quality::watch_step(2, true, watch), 2 - 0.348307, 1e-6);
}

TEST(Golds, AGoodPersonIsLeftInPeaceAndAWeakOneIsFound) {
  Random random(11);
  int false_alarms = 0;
  double delay = 0;
  constexpr int people = 400;
  for (int i = 0; i < people; ++i) {
    false_alarms += alarm_at(0.85, 2000, random) ? 1 : 0;
    const auto found = alarm_at(0.60, 2000, random);
    ASSERT_TRUE(found);
    delay += *found;
  }
  EXPECT_LE(false_alarms, people * 3 / 100);
  EXPECT_NEAR(delay / people, 47, 6);
}

TEST(Golds, AFallAfterAGoodTimeIsStillFound) {
  Random random(5);
  Membership member;
  for (int i = 0; i < 500; ++i)
    ASSERT_FALSE(watch_gold(member, random.uniform() < 0.92, GoldWatchSettings{}));
  int golds = 0;
  while (!watch_gold(member, random.uniform() < 0.5, GoldWatchSettings{})) ASSERT_LT(++golds, 200);
  EXPECT_TRUE(member.paused);
  EXPECT_FALSE(member.pause_reason.empty());
}

TEST(Golds, APausedPersonRaisesNoSecondAlarm) {
  Membership member{.paused = true, .pause_reason = "a talk"};
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(watch_gold(member, false, GoldWatchSettings{}));
  EXPECT_EQ(member.pause_reason, "a talk");
  EXPECT_EQ(member.golds, 50);
}

}  // namespace
}  // namespace preceptor::feedback
