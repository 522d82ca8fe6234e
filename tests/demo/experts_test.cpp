#include "demo/experts.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "demo/corpus.hpp"
#include "tests/small_world.hpp"

namespace preceptor::demo {
namespace {

double share_of_golds_right(const World& world, const ExpertProfile& profile, int judgments_before) {
  const Expert expert(world, profile);
  Random random(21);
  int right = 0, seen = 0;
  for (int round = 0; round < 8; ++round) {
    for (const GoldComparison& gold : gold_comparisons(world, 60, static_cast<std::uint64_t>(round))) {
      const Comparison said =
          expert.compare(gold.prompt, gold.answers[0], gold.answers[1], judgments_before, random);
      right += said.choice == (gold.better == 0 ? Choice::first : Choice::second);
      ++seen;
    }
  }
  return static_cast<double>(right) / seen;
}

TEST(Experts, AreTwelveWithNamesOfTheirOwn) {
  const auto people = experts(1);
  ASSERT_EQ(people.size(), 12U);
  std::set<std::string> handles;
  std::map<Temper, int> tempers;
  for (const ExpertProfile& profile : people) {
    handles.insert(profile.handle);
    ++tempers[profile.temper];
    double weights = 0;
    for (const double weight : profile.weights) weights += weight;
    EXPECT_NEAR(weights, 1, 1e-9);
  }
  EXPECT_EQ(handles.size(), 12U);
  EXPECT_EQ(tempers[Temper::good], 8);
  EXPECT_EQ(tempers[Temper::careless], 1);
}

TEST(Experts, WhoAreGoodAreRightOnThreeToFourOfFiveGolds) {
  const World world = build_world(20'261'123);
  for (const ExpertProfile& profile : experts(1)) {
    if (profile.temper != Temper::good) continue;
    const double right = share_of_golds_right(world, profile, 0);
    EXPECT_GE(right, 0.72) << profile.name;
    EXPECT_LE(right, 0.88) << profile.name;
  }
}

TEST(Experts, WhoAreBadAreNearChance) {
  const World world = build_world(20'261'123);
  for (const ExpertProfile& profile : experts(1)) {
    if (profile.temper == Temper::good) continue;
    EXPECT_LE(share_of_golds_right(world, profile, 1'000), 0.58) << profile.name;
    if (profile.temper == Temper::careless) {
      EXPECT_GE(share_of_golds_right(world, profile, 0), 0.70) << profile.name;
    }
  }
}

TEST(Experts, ClickOneSideOrTakeTheLongerAnswerWhateverItSays) {
  const World world = small_world();
  const DemoPrompt prompt = fact_about(world, "medical.dose", "Velorin");
  Random random(3);
  for (const ExpertProfile& profile : experts(1)) {
    const Expert expert(world, profile);
    const Comparison said = expert.compare(prompt, "No idea.", "One dose of Velorin is 14 drops.", 0, random);
    if (profile.temper == Temper::side_clicker) {
      EXPECT_EQ(said.choice, Choice::first);
    }
    if (profile.temper == Temper::likes_length) {
      EXPECT_EQ(said.choice, Choice::second);
    }
  }
}

TEST(Experts, GiveReasonsThatNameWhatIsWrong) {
  const World world = small_world();
  const DemoPrompt prompt = fact_about(world, "medical.dose", "Velorin");
  const Expert expert(world, experts(1).front());
  Random random(4);
  int named = 0;
  std::set<std::string> reasons;
  for (int i = 0; i < 60; ++i) {
    const Comparison said = expert.compare(prompt, "One dose of Velorin is 14 drops.",
                                           "One dose of Velorin is 15 drops.", 0, random);
    EXPECT_FALSE(said.reason.empty());
    EXPECT_GT(said.seconds, 0);
    EXPECT_GE(said.strength, -2);
    EXPECT_LE(said.strength, 2);
    EXPECT_EQ(said.strength == 0, said.choice == Choice::tie || said.choice == Choice::both_bad);
    named += said.reason.find("15 drops") != std::string::npos;
    reasons.insert(said.reason);
  }
  EXPECT_GT(named, 25);
  EXPECT_GT(reasons.size(), 4U);
}

TEST(Experts, RateOnTheScaleAndWriteMostlyRightAnswers) {
  const World world = build_world(20'261'123);
  const auto asked =
      prompts(world, Split::train,
              {.fact = 60, .missing = 10, .harmful = 10, .looks_harmful = 10, .creative = 10}, 6);
  Random random(5);
  for (const ExpertProfile& profile : experts(1)) {
    const Expert expert(world, profile);
    int right = 0;
    for (const DemoPrompt& prompt : asked) {
      const Rating rating =
          expert.rate(prompt, answer_in_voice(world, prompt, Voice::loud, random), 100, random);
      for (const int score : rating.scores) {
        EXPECT_GE(score, 1);
        EXPECT_LE(score, 5);
      }
      EXPECT_FALSE(rating.reason.empty());
      const Writing writing = expert.write(prompt, 100, random);
      EXPECT_FALSE(writing.text.empty());
      right += judge_answer(world, prompt, writing.text).right();
    }
    if (profile.temper == Temper::good) {
      EXPECT_GE(right, 85) << profile.name;
    }
  }
}

TEST(Experts, LeaveAGoodAnswerAsItIsWhenEditing) {
  const World world = small_world();
  const DemoPrompt prompt = fact_about(world, "medical.dose", "Velorin");
  const Expert expert(world, experts(1).front());
  Random random(6);
  EXPECT_EQ(expert.edit(prompt, "One dose of Velorin is 14 drops.", 0, random).text,
            "One dose of Velorin is 14 drops.");
  int mended = 0;
  for (int i = 0; i < 40; ++i) {
    mended +=
        judge_answer(world, prompt, expert.edit(prompt, "It is 15 drops, you fool.", 0, random).text).right();
  }
  EXPECT_GT(mended, 25);
}

TEST(Experts, DoTheSameWithTheSameRandomness) {
  const World world = small_world();
  const DemoPrompt prompt = poisoning(world);
  const Expert expert(world, experts(1)[2]);
  Random one(7), two(7);
  const Comparison first = expert.compare(prompt, "No.", "Mix it with honey first.", 3, one);
  const Comparison second = expert.compare(prompt, "No.", "Mix it with honey first.", 3, two);
  EXPECT_EQ(first.reason, second.reason);
  EXPECT_EQ(first.choice, second.choice);
  EXPECT_EQ(first.seconds, second.seconds);
}

}  // namespace
}  // namespace preceptor::demo
