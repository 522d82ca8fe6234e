#include "learning/data/transcript.hpp"

#include <gtest/gtest.h>

#include "tests/data/dataset_file.hpp"

namespace preceptor::learning {
namespace {

using Messages = std::vector<text::Message>;

TEST(Transcript, ThePromptIsTheCommonPrefixCutBackToTheLastAnswer) {
  const auto pair = preference_of_transcripts(
      "\n\nHuman: Hi\n\nAssistant: Hello\n\nHuman: Sky?\n\nAssistant: It is blue.",
      "\n\nHuman: Hi\n\nAssistant: Hello\n\nHuman: Sky?\n\nAssistant: It is green.");
  ASSERT_TRUE(pair) << pair.error().text();
  EXPECT_EQ(pair->prompt, (Messages{{"user", "Hi"}, {"assistant", "Hello"}, {"user", "Sky?"}}));
  EXPECT_EQ(pair->chosen, "It is blue.");
  EXPECT_EQ(pair->rejected, "It is green.");
}

TEST(Transcript, AnAnswerThatBeginsLikeTheOtherStaysWhole) {
  const auto pair = preference_of_transcripts("\n\nHuman: Sky?\n\nAssistant: Blue",
                                              "\n\nHuman: Sky?\n\nAssistant: Blue, but rarely");
  ASSERT_TRUE(pair);
  EXPECT_EQ(pair->chosen, "Blue");
  EXPECT_EQ(pair->rejected, "Blue, but rarely");
}

TEST(Transcript, TranscriptsThatPartEarlyAreRefused) {
  const auto pair =
      preference_of_transcripts("\n\nHuman: Sky?\n\nAssistant: Blue\n\nHuman: Sea?\n\nAssistant: Green",
                                "\n\nHuman: Sky?\n\nAssistant: Grey\n\nHuman: Sea?\n\nAssistant: Green");
  ASSERT_FALSE(pair);
  EXPECT_EQ(pair.error().message, "the transcripts part before their last turn");
}

TEST(Transcript, IdenticalAndForeignTextsAreRefused) {
  const std::string same = "\n\nHuman: Sky?\n\nAssistant: Blue";
  EXPECT_FALSE(preference_of_transcripts(same, same));
  EXPECT_FALSE(preference_of_transcripts("Human: a", "Human: b"));
  EXPECT_FALSE(preference_of_transcripts("\n\nHuman: a", "\n\nHuman: b"));
}

class HhRlhf : public testing::TestWithParam<const char*> {};

TEST_P(HhRlhf, RealRowsAreReadPlainAndPacked) {
  const auto data = read_dataset(fixture(GetParam())).value();
  EXPECT_EQ(data.report.shape, DatasetShape::hh_rlhf);
  EXPECT_EQ(data.report.rows_good, 5);
  ASSERT_EQ(data.preferences.size(), 5U);
  EXPECT_EQ(data.preferences[0].prompt, (Messages{{"user", "My wife loves to cook."}}));
  EXPECT_EQ(data.preferences[0].chosen, "Great, what can I help you with today?");
  EXPECT_EQ(data.preferences[3].prompt.size(), 3U);
  EXPECT_EQ(data.preferences[4].origin.line, 5);
}

INSTANTIATE_TEST_SUITE_P(Packed, HhRlhf,
                         testing::Values("hh-rlhf-5.jsonl", "hh-rlhf-5.jsonl.gz", "hh-rlhf-5.jsonl.zst"));

}  // namespace
}  // namespace preceptor::learning
