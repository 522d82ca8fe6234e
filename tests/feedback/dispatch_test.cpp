#include "feedback/dispatch.hpp"

#include <gtest/gtest.h>

namespace preceptor::feedback {
namespace {

const Project project{.name = "Clinic", .languages = {"en", "de"}, .domains = {"medical"}};
const Lane medical{.kind = TaskKind::compare, .language = "de", .domain = "medical", .hazard = ""};

TEST(Dispatch, ALaneIsMadeOfWhatTheProjectNames) {
  const Lane lane = lane_for(project, TaskKind::rate,
                             {.domain = "medical", .language = "de", .hazard = "specialised_advice"});
  EXPECT_EQ(lane.kind, TaskKind::rate);
  EXPECT_EQ(lane.language + "/" + lane.domain + "/" + lane.hazard, "de/medical/specialised_advice");
}

TEST(Dispatch, WhatTheProjectDoesNotNameMakesNoLaneOfItsOwn) {
  const Lane lane =
      lane_for(project, TaskKind::rate, {.domain = "gardens", .language = "fr", .hazard = "none"});
  EXPECT_EQ(lane.language + "/" + lane.domain + "/" + lane.hazard, "//");
  EXPECT_EQ(lane_for(project, TaskKind::rate, {.hazard = "something of our own"}).hazard, "other");
}

TEST(Dispatch, WorkSuitsWhoSpeaksTheLanguageAndKnowsTheDomain) {
  EXPECT_TRUE(suits(medical, Role::trainer, {}, {}));
  EXPECT_TRUE(suits(medical, Role::trainer, {.languages = {"de"}, .domains = {"medical"}}, {}));
  EXPECT_FALSE(suits(medical, Role::trainer, {.languages = {"en"}}, {}));
  EXPECT_FALSE(suits(medical, Role::trainer, {.domains = {"legal"}}, {}));
  Lane swiss = medical;
  swiss.language = "de-CH";
  EXPECT_TRUE(suits(swiss, Role::trainer, {.languages = {"de"}}, {}));
}

TEST(Dispatch, SkillsLimitTheKindsOfWork) {
  EXPECT_FALSE(suits(medical, Role::trainer, {.kinds = {TaskKind::rate}}, {}));
  EXPECT_TRUE(suits(medical, Role::trainer, {.kinds = {TaskKind::rate, TaskKind::compare}}, {}));
}

TEST(Dispatch, AHazardNeedsConsentWhereTheProjectAsksForIt) {
  Lane hateful = medical;
  hateful.hazard = "hate";
  const WorkPolicy asking{.review = {}, .hazard_consent = true};
  EXPECT_TRUE(suits(hateful, Role::trainer, {}, {}));
  EXPECT_FALSE(suits(hateful, Role::trainer, {}, asking));
  EXPECT_TRUE(suits(hateful, Role::trainer, {.hazards = {"hate"}}, asking));
  EXPECT_TRUE(suits(medical, Role::trainer, {}, asking));
}

TEST(Dispatch, ReviewsGoToThoseWhoMayReview) {
  Lane review = medical;
  review.kind = TaskKind::review;
  EXPECT_FALSE(suits(review, Role::trainer, {}, {}));
  EXPECT_TRUE(suits(review, Role::reviewer, {}, {}));
  EXPECT_TRUE(suits(review, Role::lead, {}, {}));
}

}  // namespace
}  // namespace preceptor::feedback
