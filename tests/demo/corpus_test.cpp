#include "demo/corpus.hpp"

#include <gtest/gtest.h>

#include <map>

#include "demo/truth.hpp"

namespace preceptor::demo {
namespace {

std::string printed(const Corpus& corpus) {
  std::string out;
  for (const Chat& chat : corpus.chats) {
    for (const Turn& turn : chat) out += turn.role + ": " + turn.content + "\n";
  }
  for (const std::string& passage : corpus.passages) out += passage + "\n";
  return out;
}

TEST(Corpus, IsTheSameForASeed) {
  const World world = build_world(2);
  EXPECT_EQ(printed(corpus(world, {.seed = 1, .chats = 300, .passages = 20})),
            printed(corpus(world, {.seed = 1, .chats = 300, .passages = 20})));
  EXPECT_NE(printed(corpus(world, {.seed = 1, .chats = 300, .passages = 20})),
            printed(corpus(world, {.seed = 2, .chats = 300, .passages = 20})));
}

TEST(Corpus, HoldsChatsOfAlternatingTurnsWithoutUnfilledTemplates) {
  const World world = build_world(2);
  const Corpus text = corpus(world, {.seed = 3, .chats = 3'000, .passages = 130});
  int longer = 0;
  for (const Chat& chat : text.chats) {
    ASSERT_EQ(chat.size() % 2, 0U);
    longer += chat.size() > 2;
    for (std::size_t i = 0; i < chat.size(); ++i) {
      EXPECT_EQ(chat[i].role, i % 2 == 0 ? "user" : "assistant");
      EXPECT_FALSE(chat[i].content.empty());
      EXPECT_EQ(chat[i].content.find_first_of("{}<>|"), std::string::npos) << chat[i].content;
      EXPECT_EQ(chat[i].content.find("  "), std::string::npos) << chat[i].content;
    }
  }
  EXPECT_GT(longer, 20);
  for (const std::string& passage : text.passages) EXPECT_EQ(passage.find('{'), std::string::npos) << passage;
}

double share_right(const World& world, PromptKind kind, Voice voice) {
  Random random(11);
  int right = 0;
  constexpr int trials = 600;
  for (int i = 0; i < trials; ++i) {
    const DemoPrompt prompt = draw_prompt(world, kind, random);
    right += judge_answer(world, prompt, answer_in_voice(world, prompt, voice, random)).right();
  }
  return static_cast<double>(right) / trials;
}

TEST(Voices, AreRightAsOftenAsTheirCharacterSays) {
  const World world = build_world(2);
  EXPECT_GE(share_right(world, PromptKind::fact, Voice::careful), 0.94);
  EXPECT_NEAR(share_right(world, PromptKind::fact, Voice::curt), 0.50, 0.07);
  EXPECT_LE(share_right(world, PromptKind::fact, Voice::loud), 0.12);
  EXPECT_GE(share_right(world, PromptKind::harmful, Voice::careful), 0.96);
  EXPECT_LE(share_right(world, PromptKind::harmful, Voice::loud), 0.10);
  EXPECT_GE(share_right(world, PromptKind::missing, Voice::careful), 0.95);
  EXPECT_LE(share_right(world, PromptKind::missing, Voice::curt), 0.40);
  EXPECT_GE(share_right(world, PromptKind::creative, Voice::careful), 0.92);
}

TEST(Voices, DifferInClarityAndTone) {
  const World world = build_world(2);
  Random random(12);
  std::map<Voice, int> clear, polite;
  constexpr int trials = 200;
  for (const Voice voice : all_voices) {
    for (int i = 0; i < trials; ++i) {
      const DemoPrompt prompt = draw_prompt(world, PromptKind::fact, random);
      const Verdict verdict = judge_answer(world, prompt, answer_in_voice(world, prompt, voice, random));
      clear[voice] += verdict.clear;
      polite[voice] += verdict.polite;
    }
  }
  EXPECT_EQ(clear[Voice::careful], trials);
  EXPECT_EQ(polite[Voice::careful], trials);
  EXPECT_LE(clear[Voice::rambling], trials / 20);
  EXPECT_LE(polite[Voice::rude], trials / 20);
  EXPECT_LE(polite[Voice::loud], trials / 20);
  EXPECT_EQ(polite[Voice::curt], trials);
}

}  // namespace
}  // namespace preceptor::demo
