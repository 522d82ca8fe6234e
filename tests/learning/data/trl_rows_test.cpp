#include <gtest/gtest.h>

#include <string>

#include "tests/data/dataset_file.hpp"

namespace preceptor::learning {
namespace {

using Messages = std::vector<text::Message>;

std::string only_error(std::string_view row) {
  const auto data = DatasetFile(row).read();
  EXPECT_EQ(data.report.rows_bad, 1) << row;
  return data.report.errors.empty() ? "" : data.report.errors[0].reason;
}

TEST(TrlRows, PlainTextIsADocument) {
  const auto data = DatasetFile(R"({"text": "Once upon a time."})").read();
  ASSERT_EQ(data.documents.size(), 1U);
  EXPECT_EQ(data.documents[0].text, "Once upon a time.");
  EXPECT_EQ(data.report.shape, DatasetShape::language_modelling);
}

TEST(TrlRows, MessagesAreADemonstrationWithItsWeight) {
  const auto data =
      DatasetFile(
          R"({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}], "weight": 0.25})")
          .read();
  ASSERT_EQ(data.demonstrations.size(), 1U);
  EXPECT_EQ(data.demonstrations[0].messages, (Messages{{"user", "Hi"}, {"assistant", "Hello."}}));
  EXPECT_FLOAT_EQ(data.demonstrations[0].weight, 0.25F);
}

TEST(TrlRows, PromptsMayBeStringsOrMessages) {
  const auto data = DatasetFile(R"({"prompt": "Why?"}
{"prompt": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Why?"}]})")
                        .read();
  ASSERT_EQ(data.prompts.size(), 2U);
  EXPECT_EQ(data.prompts[0].messages, (Messages{{"user", "Why?"}}));
  EXPECT_EQ(data.prompts[1].messages, (Messages{{"system", "Be kind."}, {"user", "Why?"}}));
  EXPECT_NE(data.prompts[0].origin.prompt, data.prompts[1].origin.prompt);
}

TEST(TrlRows, PromptAndCompletionAreADemonstration) {
  const auto data = DatasetFile(R"({"prompt": "2 + 2?", "completion": "4"})").read();
  ASSERT_EQ(data.demonstrations.size(), 1U);
  EXPECT_EQ(data.demonstrations[0].messages, (Messages{{"user", "2 + 2?"}, {"assistant", "4"}}));
}

TEST(TrlRows, PreferencesCarryProbabilityWeightAndMargin) {
  const auto data =
      DatasetFile(
          R"({"prompt": [{"role": "user", "content": "Sky?"}], "chosen": [{"role": "assistant", "content": "Blue."}], "rejected": "Green.", "probability": 0.75, "weight": 2, "margin": 0.5, "task": 7})")
          .read();
  ASSERT_EQ(data.preferences.size(), 1U);
  const auto& pair = data.preferences[0];
  EXPECT_EQ(pair.prompt, (Messages{{"user", "Sky?"}}));
  EXPECT_EQ(pair.chosen, "Blue.");
  EXPECT_EQ(pair.rejected, "Green.");
  EXPECT_FLOAT_EQ(pair.probability, 0.75F);
  EXPECT_FLOAT_EQ(pair.weight, 2.0F);
  EXPECT_FLOAT_EQ(pair.margin, 0.5F);
}

TEST(TrlRows, AnImplicitPromptIsWhatBothConversationsBeginWith) {
  const auto data =
      DatasetFile(
          R"({"chosen": [{"role": "user", "content": "Sky?"}, {"role": "assistant", "content": "Blue."}], "rejected": [{"role": "user", "content": "Sky?"}, {"role": "assistant", "content": "Green."}]})")
          .read();
  EXPECT_EQ(data.report.shape, DatasetShape::implicit_preference);
  ASSERT_EQ(data.preferences.size(), 1U);
  EXPECT_EQ(data.preferences[0].prompt, (Messages{{"user", "Sky?"}}));
  EXPECT_EQ(data.preferences[0].chosen, "Blue.");
}

TEST(TrlRows, AnImplicitPromptOfStringsEndsWithAWord) {
  const auto data = DatasetFile(R"({"chosen": "The sky is blue.", "rejected": "The sky is black."})").read();
  ASSERT_EQ(data.preferences.size(), 1U);
  EXPECT_EQ(data.preferences[0].prompt, (Messages{{"user", "The sky is "}}));
  EXPECT_EQ(data.preferences[0].chosen, "blue.");
  EXPECT_EQ(data.preferences[0].rejected, "black.");
}

TEST(TrlRows, UnpairedRowsAreVerdicts) {
  const auto data = DatasetFile(R"({"prompt": "Sky?", "completion": "Blue.", "label": true}
{"prompt": "Sky?", "completion": "Green.", "label": false})")
                        .read();
  ASSERT_EQ(data.verdicts.size(), 2U);
  EXPECT_TRUE(data.verdicts[0].good);
  EXPECT_FALSE(data.verdicts[1].good);
}

TEST(TrlRows, IdenticalAnswersAreRefused) {
  EXPECT_EQ(only_error(R"({"prompt": "Sky?", "chosen": "Blue.", "rejected": "Blue."})"),
            "the chosen and the rejected answer are identical");
}

TEST(TrlRows, EmptyTextsAreRefused) {
  EXPECT_EQ(only_error(R"({"prompt": "Sky?", "chosen": " \n", "rejected": "Blue."})"),
            "the chosen answer is empty");
  EXPECT_EQ(only_error(R"({"prompt": "Sky?", "chosen": "Blue.", "rejected": ""})"),
            "the rejected answer is empty");
  EXPECT_EQ(only_error(R"({"prompt": "", "completion": "Blue."})"), "message 1 is empty");
  EXPECT_EQ(only_error(R"({"text": ""})"), "the text is empty");
}

TEST(TrlRows, WrongTypesAreNamedByTheirPlace) {
  EXPECT_EQ(only_error(R"({"text": 7})"), "/text: should be a text, is number");
  EXPECT_EQ(only_error(R"({"prompt": {"a": 1}})"), "/prompt: should be a text or a list of messages");
  EXPECT_EQ(only_error(R"({"messages": [{"role": "user", "content": 1}]})"),
            "/messages/0/content: should be a text, is number");
  EXPECT_EQ(only_error(R"({"prompt": "Sky?", "completion": "Blue.", "label": "yes"})"),
            "/label: should be true or false, is string");
  EXPECT_EQ(only_error(R"({"prompt": "Sky?", "chosen": "Blue.", "rejected": "Green.", "probability": 1.5})"),
            "/probability: should lie between 0 and 1");
  EXPECT_EQ(only_error(R"({"prompt": "Sky?", "chosen": "Blue.", "rejected": "Green.", "weight": -1})"),
            "/weight: should lie between 0 and 1000000");
}

TEST(TrlRows, ConversationsOutOfTurnAreRefused) {
  EXPECT_EQ(
      only_error(R"({"messages": [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}]})"),
      "messages 1 and 2 are both the user's");
  EXPECT_EQ(only_error(R"({"messages": [{"role": "user", "content": "a"}]})"),
            "the conversation does not end with an assistant's turn");
  EXPECT_EQ(only_error(R"({"prompt": [{"role": "tool", "content": "a"}]})"),
            "message 1 has the unknown role \"tool\"");
  EXPECT_EQ(only_error(R"({"prompt": [{"role": "assistant", "content": "a"}]})"),
            "the prompt does not end with a user's turn");
}

}  // namespace
}  // namespace preceptor::learning
