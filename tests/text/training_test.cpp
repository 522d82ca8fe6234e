#include "text/training.hpp"

#include <gtest/gtest.h>

#include <rapidcheck.h>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/fixture.hpp"

namespace preceptor::text {

namespace {

std::vector<std::string> corpus() {
  std::vector<std::string> texts;
  for (int i = 0; i < 300; i++) {
    const auto n = std::to_string(i * 37 % 1000);
    texts.push_back("The ferry to Port " + n + " leaves at " + std::to_string(i % 24) + ":" +
                    std::to_string(i % 60) + ".");
    texts.push_back(i % 2 ? "the harbour office charges a fee of " + n + " crowns\n"
                          : "naïve café, 日本語 and Привет");
  }
  return texts;
}

const BpeOptions demo = {.vocabulary_size = 400,
                         .special_tokens = {"<|pad|>", "<|user|>", "<|end|>"},
                         .number_tokens_0_99 = true,
                         .pair_count_min = 2};

const Tokenizer& trained() {
  static const auto tokenizer = train_bpe(corpus(), demo).value();
  return tokenizer;
}

}  // namespace

TEST(TrainBpe, GivesSpecialTokensTheFirstIdsInTheirOrder) {
  EXPECT_EQ(trained().id_of("<|pad|>"), 0);
  EXPECT_EQ(trained().id_of("<|user|>"), 1);
  EXPECT_EQ(trained().id_of("<|end|>"), 2);
  EXPECT_TRUE(trained().is_special(2));
  EXPECT_FALSE(trained().is_special(3));
  EXPECT_EQ(trained().encode("a<|end|>", SpecialTokens::add).ids.back(), 2);
}

TEST(TrainBpe, FillsTheVocabularyAndNoMore) {
  EXPECT_EQ(trained().vocabulary_size(), 400);
  const auto small = train_bpe(std::vector<std::string>{"aaaa aaaa"}, {.vocabulary_size = 1000}).value();
  EXPECT_LT(small.vocabulary_size(), 270);
  EXPECT_GE(small.vocabulary_size(), 257);
  EXPECT_EQ(train_bpe({}, {.vocabulary_size = 256}).value().vocabulary_size(), 256);
}

TEST(TrainBpe, ShortensTheTextsItLearnedFrom) {
  const std::string text = "the harbour office charges a fee of";
  EXPECT_LT(trained().encode(text, SpecialTokens::none).ids.size(), text.size() / 2);
}

TEST(TrainBpe, MakesEachNumberTo99OneTokenWhereverItStands) {
  for (int n = 0; n < 100; n++) {
    const auto number = std::to_string(n);
    const auto id = trained().id_of(number);
    ASSERT_TRUE(id) << number;
    for (const auto& around : {"x", " ", "", "(", "é", "."}) {
      const auto ids = trained().encode(around + number + around, SpecialTokens::none).ids;
      EXPECT_EQ(std::ranges::count(ids, *id), 1) << around << number << around;
    }
  }
  const auto tokens = [&](const std::string& text) {
    std::vector<std::string> spelled;
    for (const auto id : trained().encode(text, SpecialTokens::none).ids)
      spelled.push_back(trained().token_of(id));
    return spelled;
  };
  EXPECT_EQ(tokens("150"), (std::vector<std::string>{"15", "0"}));
  EXPECT_EQ(tokens("2024"), (std::vector<std::string>{"20", "24"}));
  EXPECT_EQ(tokens("07"), (std::vector<std::string>{"0", "7"}));
  EXPECT_EQ(tokens("3.14"), (std::vector<std::string>{"3", ".", "14"}));
}

TEST(TrainBpe, GivesTheSameTokenizerWhateverTheOrderOfTheTexts) {
  auto texts = corpus();
  std::ranges::reverse(texts);
  const auto again = train_bpe(texts, demo).value();
  EXPECT_EQ(again.to_json(), trained().to_json());
  EXPECT_EQ(train_bpe(corpus(), demo).value().to_json(), trained().to_json());
}

TEST(TrainBpe, LearnsAndEncodesWhatHuggingFaceDoes) {
  // text_goldens.py has Hugging Face train on the same texts, and encode with what came out.
  const auto golden = test::fixture_json("trained_encodings.json");
  EXPECT_EQ(nlohmann::json::parse(trained().to_json()), test::fixture_json("tokenizers/trained.json"));
  ASSERT_GT(golden.size(), 150u);
  for (const auto& c : golden) {
    EXPECT_EQ(trained().encode(c["text"].get<std::string>(), SpecialTokens::add).ids,
              c["framed_ids"].get<std::vector<TokenId>>())
        << c["text"];
    EXPECT_EQ(c["decoded"], c["text"]);
  }
}

TEST(TrainBpe, RefusesWhatCannotBecomeATokenizer) {
  const auto refused = [](std::vector<std::string> texts, BpeOptions options) {
    const auto made = train_bpe(texts, options);
    return !made && made.error().kind == ErrorKind::invalid && !made.error().message.empty();
  };
  EXPECT_TRUE(refused({}, {.vocabulary_size = 255}));
  EXPECT_TRUE(refused({}, {.vocabulary_size = 300, .number_tokens_0_99 = true}));
  EXPECT_TRUE(refused({}, {.vocabulary_size = -1}));
  EXPECT_TRUE(refused({}, {.vocabulary_size = 2'000'000'000}));
  EXPECT_TRUE(refused({}, {.vocabulary_size = 400, .special_tokens = {"<a>", "<a>"}}));
  EXPECT_TRUE(refused({}, {.vocabulary_size = 400, .special_tokens = {""}}));
  EXPECT_TRUE(refused({}, {.vocabulary_size = 400, .special_tokens = {"x"}}));
  EXPECT_TRUE(refused({}, {.vocabulary_size = 400, .special_tokens = {"42"}}));
  EXPECT_TRUE(refused({"\xFF"}, {.vocabulary_size = 400}));
  EXPECT_TRUE(refused({}, {.vocabulary_size = 400, .pair_count_min = 0}));
}

TEST(ByteLevelBpe, GivesBackEveryText) {
  const auto text_of = [](const std::vector<std::uint32_t>& points) {
    std::string text;
    for (auto p : points) {
      p %= 0x110000;
      if (p >= 0xD800 && p < 0xE000) p = ' ';
      if (p < 0x80)
        text += static_cast<char>(p);
      else if (p < 0x800)
        text += {static_cast<char>(0xC0 | p >> 6), static_cast<char>(0x80 | (p & 63))};
      else if (p < 0x10000)
        text += {static_cast<char>(0xE0 | p >> 12), static_cast<char>(0x80 | (p >> 6 & 63)),
                 static_cast<char>(0x80 | (p & 63))};
      else
        text += {static_cast<char>(0xF0 | p >> 18), static_cast<char>(0x80 | (p >> 12 & 63)),
                 static_cast<char>(0x80 | (p >> 6 & 63)), static_cast<char>(0x80 | (p & 63))};
    }
    return text;
  };
  const auto point =
      rc::gen::oneOf(rc::gen::inRange<std::uint32_t>(0, 128), rc::gen::inRange<std::uint32_t>(0x20, 0x3000),
                     rc::gen::inRange<std::uint32_t>(0, 0x110000));
  const bool held = rc::check("decode(encode(x)) == x, streamed or not, and the spans cover x", [&] {
    const auto text = text_of(*rc::gen::container<std::vector<std::uint32_t>>(point));
    for (const auto* tokenizer : {&trained(), &test::tokenizer("byte_bpe")}) {
      const auto encoding = tokenizer->encode_plain(text);
      RC_ASSERT(tokenizer->decode(encoding.ids, Specials::skip) == text);
      StreamDecoder decoder(*tokenizer);
      std::string streamed;
      for (const auto id : encoding.ids) streamed += decoder.push(id);
      RC_ASSERT(streamed + decoder.finish() == text);
      std::size_t end = 0;
      for (const auto& span : encoding.spans) {
        RC_ASSERT(span.text_begin <= end);
        RC_ASSERT(span.text_end >= end);
        end = span.text_end;
      }
      RC_ASSERT(end == text.size());
    }
  });
  EXPECT_TRUE(held);
}

}  // namespace preceptor::text
