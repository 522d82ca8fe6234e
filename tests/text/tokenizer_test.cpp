#include "text/tokenizer.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "base/file.hpp"
#include "tests/fixture.hpp"

namespace preceptor::text {

namespace {

class EveryTokenizer : public testing::TestWithParam<std::string> {
protected:
  const Tokenizer& made = test::tokenizer(GetParam());
  const nlohmann::json cases = test::fixture_json(GetParam() + "_encodings.json");
};

std::vector<TokenSpan> spans_of(const nlohmann::json& offsets) {
  std::vector<TokenSpan> spans;
  for (const auto& o : offsets) spans.push_back({o[0].get<std::size_t>(), o[1].get<std::size_t>()});
  return spans;
}

std::string show(const nlohmann::json& text) { return text.dump(); }

}  // namespace

TEST_P(EveryTokenizer, GivesTheIdsOfHuggingFace) {
  ASSERT_GT(cases.size(), 150u);
  for (const auto& c : cases) {
    const auto text = c["text"].get<std::string>();
    EXPECT_EQ(made.encode(text, SpecialTokens::none).ids, c["ids"].get<std::vector<TokenId>>())
        << show(c["text"]);
    EXPECT_EQ(made.encode(text, SpecialTokens::add).ids, c["framed_ids"].get<std::vector<TokenId>>())
        << show(c["text"]);
  }
}

TEST_P(EveryTokenizer, GivesTheSpansOfHuggingFaceInBytes) {
  for (const auto& c : cases) {
    const auto encoding = made.encode(c["text"].get<std::string>(), SpecialTokens::none);
    EXPECT_EQ(encoding.spans, spans_of(c["offsets"])) << show(c["text"]);
  }
}

TEST_P(EveryTokenizer, DecodesToTheBytesOfHuggingFace) {
  for (const auto& c : cases) {
    const auto ids = c["framed_ids"].get<std::vector<TokenId>>();
    EXPECT_EQ(made.decode(ids, Specials::keep), c["decoded"].get<std::string>()) << show(c["text"]);
    EXPECT_EQ(made.decode(ids, Specials::skip), c["decoded_skip"].get<std::string>()) << show(c["text"]);
  }
}

TEST_P(EveryTokenizer, SurvivesItsOwnJson) {
  const auto again = Tokenizer::from_json(made.to_json());
  ASSERT_TRUE(again) << again.error().text();
  for (const auto& c : cases) {
    const auto text = c["text"].get<std::string>();
    EXPECT_EQ(again->encode(text, SpecialTokens::add).ids, made.encode(text, SpecialTokens::add).ids);
  }
}

TEST_P(EveryTokenizer, StreamsWhatItDecodesAtOnce) {
  for (const auto& c : cases) {
    const auto ids = c["framed_ids"].get<std::vector<TokenId>>();
    StreamDecoder decoder(made);
    std::string streamed;
    for (const auto id : ids) streamed += decoder.push(id);
    streamed += decoder.finish();
    EXPECT_EQ(streamed, c["decoded_skip"].get<std::string>()) << show(c["text"]);
  }
}

TEST_P(EveryTokenizer, KnowsItsVocabularyBothWays) {
  int spelled = 0;
  for (TokenId id = 0; id < made.vocabulary_size(); id++) {
    const auto token = made.token_of(id);
    if (!token.empty() && made.id_of(token) == id) spelled++;
  }
  EXPECT_EQ(spelled, made.vocabulary_size());
  EXPECT_EQ(made.token_of(made.vocabulary_size()), "");
  EXPECT_EQ(made.token_of(-1), "");
  EXPECT_EQ(made.id_of("no such token"), std::nullopt);
}

TEST_P(EveryTokenizer, NeverReadsControlTokensInWhatPeopleWrote) {
  std::string all;
  for (TokenId id = 0; id < made.vocabulary_size(); id++) {
    if (made.is_special(id) && made.token_of(id) != "<unk>")
      all += made.token_of(id) + " " + made.token_of(id);
  }
  ASSERT_FALSE(all.empty());
  for (const auto id : made.encode_plain(all).ids) {
    EXPECT_FALSE(made.is_special(id) && made.token_of(id) != "<unk>") << made.token_of(id);
  }
  EXPECT_GT(made.encode_plain(all).ids.size(), made.encode(all, SpecialTokens::none).ids.size());
}

TEST_P(EveryTokenizer, WritesTextWithoutControlTokensPlainlyAsEver) {
  for (const auto& c : cases) {
    const auto ids = c["ids"].get<std::vector<TokenId>>();
    const bool controlled = std::ranges::any_of(ids, [&](TokenId id) { return made.is_special(id); });
    if (controlled) continue;
    EXPECT_EQ(made.encode_plain(c["text"].get<std::string>()).ids, ids) << show(c["text"]);
  }
}

INSTANTIATE_TEST_SUITE_P(Tokenizers, EveryTokenizer,
                         testing::Values("byte_bpe", "split_bpe", "spm_bpe", "unigram", "gemma_bpe",
                                         "trained"),
                         [](const auto& kind) { return kind.param; });

TEST(StreamDecoder, HoldsBackHalfACharacter) {
  const auto& made = test::tokenizer("byte_bpe");
  const auto ids = made.encode("👍", SpecialTokens::none).ids;
  ASSERT_EQ(ids.size(), 4u);
  StreamDecoder decoder(made);
  for (std::size_t i = 0; i < 3; i++) EXPECT_EQ(decoder.push(ids[i]), "");
  EXPECT_EQ(decoder.push(ids[3]), "👍");
  EXPECT_EQ(decoder.finish(), "");
}

TEST(StreamDecoder, ShowsAtTheEndWhatNeverBecameACharacter) {
  const auto& made = test::tokenizer("byte_bpe");
  const auto ids = made.encode("a👍", SpecialTokens::none).ids;
  StreamDecoder decoder(made);
  EXPECT_EQ(decoder.push(ids[0]), "a");
  EXPECT_EQ(decoder.push(ids[1]), "");
  EXPECT_EQ(decoder.finish(), "\xEF\xBF\xBD");
  EXPECT_EQ(decoder.finish(), "");
}

TEST(StreamDecoder, KeepsTheSpaceBetweenWordsAndDropsTheOneInFront) {
  const auto& made = test::tokenizer("spm_bpe");
  StreamDecoder decoder(made);
  std::vector<std::string> parts;
  for (const auto id : made.encode("the fee of 1", SpecialTokens::add).ids) parts.push_back(decoder.push(id));
  EXPECT_EQ(parts.front(), "");  // BOS
  std::string all;
  for (const auto& part : parts) all += part;
  EXPECT_EQ(all, "the fee of 1");
}

TEST(Tokenizer, RefusesToEncodeWhatIsNotUtf8) {
  EXPECT_THROW(test::tokenizer("byte_bpe").encode("a\xFFz", SpecialTokens::none), Failure);
  EXPECT_THROW(test::tokenizer("byte_bpe").encode_plain("\xC3"), Failure);
}

TEST(Tokenizer, CountsIdsThatAreNoTokensAsNothing) {
  const auto& made = test::tokenizer("byte_bpe");
  std::vector<TokenId> ids = {-1, 2'000'000'000, made.vocabulary_size()};
  const auto a = made.encode("a", SpecialTokens::none).ids;
  ids.insert(ids.begin() + 1, a.begin(), a.end());
  EXPECT_EQ(made.decode(ids, Specials::keep), "a");
  EXPECT_EQ(made.decode({}, Specials::keep), "");
}

TEST(Tokenizer, EncodesALongRunOfOneCharacter) {
  const auto& made = test::tokenizer("split_bpe");
  for (const auto* unit : {" ", "\n", "a", "1", "\u0301"}) {
    std::string text;
    while (text.size() < 50'000) text += unit;
    const auto encoding = made.encode(text, SpecialTokens::none);
    EXPECT_EQ(encoding.spans.back().text_end, text.size());
  }
}

TEST(Tokenizer, GivesTheSameIdsToManyThreads) {
  const auto& made = test::tokenizer("unigram");
  const auto cases = test::fixture_json("unigram_encodings.json");
  std::atomic<int> wrong = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; t++) {
    threads.emplace_back([&] {
      for (const auto& c : cases) {
        const auto ids = made.encode(c["text"].get<std::string>(), SpecialTokens::none).ids;
        if (ids != c["ids"].get<std::vector<TokenId>>()) wrong++;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(wrong, 0);
}

TEST(Tokenizer, IsLoadedFromAFileAndNamesTheFileThatIsMissing) {
  const auto missing = Tokenizer::from_file("/nowhere/tokenizer.json");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::not_found);
  EXPECT_NE(missing.error().text().find("/nowhere/tokenizer.json"), std::string::npos);
}

}  // namespace preceptor::text
