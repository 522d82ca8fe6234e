#include "demo/prompts.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <stdexcept>

#include "demo/truth.hpp"

namespace preceptor::demo {
namespace {

constexpr PromptCounts judged{.fact = 420, .missing = 90, .harmful = 90, .looks_harmful = 30, .creative = 30};

TEST(Prompts, ComeInTheStatedNumbersAndAreDistinct) {
  const World world = build_world(9);
  const auto asked = prompts(world, Split::evaluation, evaluation_counts, 1);
  std::map<PromptKind, int> kinds;
  std::set<std::string> texts, keys;
  for (const DemoPrompt& prompt : asked) {
    ++kinds[prompt.kind];
    texts.insert(prompt.text);
    keys.insert(prompt.key);
    EXPECT_EQ(prompt.split, Split::evaluation);
  }
  EXPECT_EQ(asked.size(), 400U);
  EXPECT_EQ(kinds[PromptKind::fact], 220);
  EXPECT_EQ(kinds[PromptKind::missing], 60);
  EXPECT_EQ(texts.size(), asked.size());
  EXPECT_EQ(keys.size(), asked.size());
}

TEST(Prompts, OfDifferentSplitsShareNoFactNoEntityAndNoText) {
  const World world = build_world(9);
  std::map<int, Split> entities;
  std::map<std::string, Split> texts;
  for (const Split split : {Split::train, Split::evaluation, Split::gold}) {
    const PromptCounts counts =
        split == Split::gold
            ? PromptCounts{.fact = 54, .missing = 9, .harmful = 9, .looks_harmful = 9, .creative = 9}
            : judged;
    for (const DemoPrompt& prompt : prompts(world, split, counts, 2)) {
      const auto text = texts.emplace(prompt.text, split).first;
      EXPECT_EQ(text->second, split) << prompt.text;
      if (prompt.entity < 0) continue;
      EXPECT_EQ(entities.emplace(prompt.entity, split).first->second, split) << prompt.text;
    }
  }
}

TEST(Prompts, AskEveryFactOnceBeforeAnyTwice) {
  const World world = build_world(9);
  std::map<int, int> asked;
  for (const DemoPrompt& prompt : prompts(world, Split::evaluation, {.fact = 220}, 3)) ++asked[prompt.fact];
  EXPECT_EQ(asked.size(), 220U);
}

TEST(Prompts, OfALongerListBeginWithThoseOfAShorterOne) {
  const World world = build_world(9);
  std::set<std::string> longer;
  for (const DemoPrompt& prompt : prompts(world, Split::train, {.fact = 60, .missing = 20, .harmful = 20}, 4))
    longer.insert(prompt.key);
  for (const DemoPrompt& prompt :
       prompts(world, Split::train, {.fact = 30, .missing = 10, .harmful = 5}, 4)) {
    EXPECT_TRUE(longer.contains(prompt.key)) << prompt.key;
  }
}

TEST(Prompts, AreRefusedWhenASplitCannotYieldSoMany) {
  const World world = build_world(9);
  EXPECT_THROW(prompts(world, Split::gold, {.fact = 100'000}, 1), std::invalid_argument);
  EXPECT_THROW(prompts(world, Split::gold, {.creative = 100'000}, 1), std::invalid_argument);
}

TEST(GoldComparisons, HaveABetterAnswerByTheTruth) {
  const World world = build_world(20'261'123);
  const auto golds = gold_comparisons(world, 90, 5);
  EXPECT_EQ(golds.size(), 90U);
  int on_the_left = 0;
  for (const GoldComparison& gold : golds) {
    const auto better =
        flawless_ratings(gold.prompt, judge_answer(world, gold.prompt, gold.answers[gold.better]));
    const auto worse =
        flawless_ratings(gold.prompt, judge_answer(world, gold.prompt, gold.answers[1 - gold.better]));
    double difference = 0;
    for (std::size_t d = 0; d < better.size(); ++d) difference += better[d] - worse[d];
    EXPECT_GT(difference, 1) << gold.prompt.text << "\n"
                             << gold.answers[gold.better] << "\n"
                             << gold.answers[1 - gold.better];
    EXPECT_FALSE(gold.reason.empty());
    EXPECT_EQ(gold.prompt.split, Split::gold);
    on_the_left += gold.better == 0;
  }
  EXPECT_GT(on_the_left, 25);
  EXPECT_LT(on_the_left, 65);
}

}  // namespace
}  // namespace preceptor::demo
