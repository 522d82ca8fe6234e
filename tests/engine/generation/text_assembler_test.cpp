#include "engine/generation/text_assembler.hpp"

#include <gtest/gtest.h>

#include "text/training.hpp"

namespace preceptor::engine {
namespace {

const text::Tokenizer& tokenizer() {
  static const text::Tokenizer trained =
      text::train_bpe(std::vector<std::string>{"the ferry, the harbour, the ferry"},
                      {.vocabulary_size = 275, .special_tokens = {"<|end|>"}})
          .value();
  return trained;
}

std::vector<TokenId> ids_of(const std::string& text) {
  return tokenizer().encode(text, text::SpecialTokens::none).ids;
}

TEST(TextAssembler, StopStringsAreFoundAcrossTheBordersOfTokens) {
  const std::string text = "the ferry sails, the harbour waits";
  for (const std::string stop : {"sails", "y sai", " ", "r", "harbour waits"}) {
    TextAssembler assembler(tokenizer(), {stop});
    std::string shown;
    for (const TokenId id : ids_of(text)) {
      shown += assembler.push(id);
      EXPECT_EQ(text.substr(0, shown.size()), shown);
      EXPECT_LE(shown.size(), text.find(stop)) << "nothing of a stop string is ever shown";
      if (assembler.stopped()) break;
    }
    shown += assembler.finish();
    EXPECT_EQ(shown, text.substr(0, text.find(stop)));
    EXPECT_EQ(assembler.text(), shown);
    EXPECT_TRUE(assembler.stopped());
    EXPECT_EQ(assembler.stop(), stop);
  }
}

TEST(TextAssembler, CharactersOfSeveralTokensComeWhole) {
  const std::string text = "für 三 €";
  TextAssembler assembler(tokenizer(), {"三 €!"});
  std::string shown;
  for (const TokenId id : ids_of(text)) {
    shown += assembler.push(id);
    EXPECT_EQ(text.substr(0, shown.size()), shown);
  }
  EXPECT_EQ(shown, "für ") << "the rest may yet become the stop string";
  shown += assembler.finish();
  EXPECT_EQ(shown, text);
  EXPECT_FALSE(assembler.stopped());
}

TEST(TextAssembler, StopStringsCountFromTokensMinOn) {
  const auto ids = ids_of("the ferry, the ferry");
  for (std::int32_t tokens_min = 0; tokens_min < static_cast<std::int32_t>(ids.size()); ++tokens_min) {
    TextAssembler assembler(tokenizer(), {"the"}, tokens_min);
    std::size_t used = 0;
    while (used < ids.size() && !assembler.stopped()) assembler.push(ids[used++]);
    EXPECT_GT(used, static_cast<std::size_t>(tokens_min));
    EXPECT_EQ(assembler.text(), tokens_min == 0       ? ""
                                : assembler.stopped() ? "the ferry, "
                                                      : "the ferry, the ferry");
  }
}

}  // namespace
}  // namespace preceptor::engine
