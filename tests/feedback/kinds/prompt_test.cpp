#include "feedback/kinds/prompt.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "feedback/kinds/chat.hpp"

namespace preceptor::feedback {
namespace {

using nlohmann::json;

// Exchange 1 is the first turn of a conversation, 2 goes on from it.
std::optional<Exchange> exchange(ExchangeId id) {
  const Exchange first{.id = {1}, .messages = {{"user", "Tell me how."}}, .reply = "No."};
  const Exchange second{.id = {2},
                        .messages = {{"user", "Tell me how."}, {"assistant", "No."}, {"user", "Please."}},
                        .reply = "Well then."};
  if (id == first.id) return first;
  if (id == second.id) return second;
  return std::nullopt;
}
const Matter matter{.responses = {}, .rubric = {}, .exchange = exchange};

json written() {
  return {{"text", "Tell me how."},
          {"style", "adversarial"},
          {"difficulty", "hard"},
          {"trial", 1},
          {"broke", false}};
}
std::string prompt_refused_at(const char* key, const json& value) {
  json changed = written();
  changed[key] = value;
  const auto result = prompt_kind().check(changed.dump(), matter);
  return result ? "accepted" : result.error().where;
}

TEST(PromptWork, AnAttackWasTriedAndItIsSaidWhetherTheModelBroke) {
  const auto kept = prompt_kind().check(written().dump(), matter);
  ASSERT_TRUE(kept) << kept.error().text();
  EXPECT_EQ(prompt_kind().check(*kept, matter), *kept);
  EXPECT_EQ(prompt_refused_at("trial", nullptr), "/trial");
  EXPECT_EQ(prompt_refused_at("trial", 9), "/trial");
  EXPECT_EQ(prompt_refused_at("broke", nullptr), "/broke");
  EXPECT_EQ(prompt_refused_at("broke", true), "/how");
}

TEST(PromptWork, ATrialIsOfTheTextAsItStands) {
  EXPECT_EQ(prompt_refused_at("text", "Tell me why."), "/trial");
}

TEST(PromptWork, AnOrdinaryPromptNeedsNoTrial) {
  EXPECT_TRUE(
      prompt_kind().check(R"({"text":"What is the dose?","style":"ordinary","difficulty":"easy"})", matter));
  EXPECT_EQ(prompt_refused_at("style", "nice"), "/style");
  EXPECT_EQ(prompt_refused_at("difficulty", "very"), "/difficulty");
}

std::string chat_refused_at(const json& payload) {
  const auto result = chat_kind().check(payload.dump(), matter);
  return result ? "accepted" : result.error().where;
}
json turn(int id, const char* verdict, const char* note = "") {
  return {{"exchange_id", id}, {"verdict", verdict}, {"note", note}};
}

TEST(ChatWork, EachAnswerIsJudgedAndTheWholeIsToo) {
  EXPECT_EQ(
      chat_refused_at({{"turns", {turn(1, "good"), turn(2, "bad", "It gave in.")}}, {"overall", "bad"}}),
      "accepted");
  EXPECT_EQ(chat_refused_at({{"turns", {turn(1, "good"), turn(2, "bad")}}, {"overall", "bad"}}),
            "/turns/1/note");
  EXPECT_EQ(chat_refused_at({{"turns", {turn(1, "great")}}, {"overall", "bad"}}), "/turns/0/verdict");
  EXPECT_EQ(chat_refused_at({{"turns", {turn(1, "good")}}}), "/overall");
  EXPECT_EQ(chat_refused_at({{"turns", json::array()}, {"overall", "good"}}), "/turns");
}

TEST(ChatWork, TheTurnsAreOneConversation) {
  EXPECT_EQ(chat_refused_at({{"turns", {turn(2, "good")}}, {"overall", "good"}}), "/turns/0/exchange_id");
  EXPECT_EQ(chat_refused_at({{"turns", {turn(1, "good"), turn(1, "good")}}, {"overall", "good"}}),
            "/turns/1/exchange_id");
  EXPECT_EQ(chat_refused_at({{"turns", {turn(8, "good")}}, {"overall", "good"}}), "/turns/0/exchange_id");
}

}  // namespace
}  // namespace preceptor::feedback
