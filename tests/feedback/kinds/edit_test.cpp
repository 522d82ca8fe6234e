#include "feedback/kinds/edit.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "feedback/kinds/word_diff.hpp"

namespace preceptor::feedback {
namespace {

std::string spelled(const std::vector<DiffPart>& parts, char sign) {
  std::string text;
  for (const DiffPart& part : parts) {
    if (part.sign == '=' || part.sign == sign) text += part.text;
  }
  return text;
}

TEST(WordDiff, NamesWhatWentAndWhatCame) {
  const auto parts = word_diff("Take ten mg daily.", "Take two mg twice daily.");
  std::string shown;
  for (const DiffPart& part : parts) shown += std::string(1, part.sign) + "[" + part.text + "]";
  EXPECT_EQ(shown, "=[Take ]-[ten]+[two]=[ mg]+[ twice]=[ daily.]");
}

TEST(WordDiff, SpellsBothTextsWhateverTheyAre) {
  Random random(5);
  const std::vector<std::string> words{"a", "b", "c", " ", "\n", "  "};
  for (int round = 0; round < 300; ++round) {
    std::string before, after;
    for (int i = 0; i < 12; ++i) {
      before += words[random.below(words.size())];
      after += words[random.below(words.size())];
    }
    const auto parts = word_diff(before, after);
    EXPECT_EQ(spelled(parts, '-'), before);
    EXPECT_EQ(spelled(parts, '+'), after);
    for (std::size_t i = 1; i < parts.size(); ++i) EXPECT_NE(parts[i].sign, parts[i - 1].sign);
  }
}

TEST(WordDiff, ReplacesAsAWholeWhatIsTooLongToCompare) {
  std::string before, after;
  for (int i = 0; i < 3000; ++i) {
    before += "old" + std::to_string(i) + " ";
    after += "new" + std::to_string(i) + " ";
  }
  const auto parts = word_diff("Same start. " + before + "same end", "Same start. " + after + "same end");
  ASSERT_EQ(parts.size(), 4U);
  EXPECT_EQ(parts.front().text, "Same start. ");
  EXPECT_EQ(parts.back().text, " same end");
}

const Matter matter{.responses = {{7}}, .rubric = {}, .text_of = [](ResponseId) {
                      return std::optional<std::string>("Ten mg.");
                    }};

TEST(Edit, KeepsTheTextWithItsDiff) {
  const auto kept = edit_kind().check(R"({"text":"Two mg."})", matter);
  ASSERT_TRUE(kept) << kept.error().text();
  EXPECT_EQ(
      *kept,
      R"({"diff":[["-","Ten"],["+","Two"],["="," mg."]],"good_as_is":false,"note":"","text":"Two mg."})");
  EXPECT_EQ(edit_kind().check(*kept, matter), *kept);
}

TEST(Edit, ADiffThatIsSentAlongIsNotBelieved) {
  const auto kept = edit_kind().check(R"({"text":"Two mg.","diff":[["=","all is well"]]})", matter);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->find("all is well"), std::string::npos);
}

TEST(Edit, ChangesSomethingOrSaysThatItIsGoodAsItIs) {
  EXPECT_EQ(edit_kind().check(R"({"text":"Ten mg."})", matter).error().where, "/text");
  EXPECT_EQ(edit_kind().check(R"({"text":" "})", matter).error().where, "/text");
  EXPECT_EQ(edit_kind().check(R"({"text":"Two mg.","good_as_is":true})", matter).error().where,
            "/good_as_is");
  EXPECT_TRUE(edit_kind().check(R"({"good_as_is":true})", matter));
}

}  // namespace
}  // namespace preceptor::feedback
