#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/fixture.hpp"
#include "text/tokenizer.hpp"

namespace preceptor::text {

namespace {

nlohmann::json good() { return test::fixture_json("tokenizers/byte_bpe.json"); }

Error refused(const std::string& json) {
  const auto made = Tokenizer::from_json(json);
  EXPECT_FALSE(made) << json.substr(0, 200);
  return made ? Error{} : made.error();
}

void expect_refused(const nlohmann::json& json, ErrorKind kind, std::string_view saying) {
  const auto error = refused(json.dump());
  EXPECT_EQ(error.kind, kind) << error.text();
  EXPECT_NE(error.message.find(saying), std::string::npos) << error.text();
}

}  // namespace

TEST(HostileTokenizer, IsRefusedWhereverItIsTruncated) {
  const auto whole = good().dump();
  for (std::size_t size = 0; size < whole.size(); size += 97) {
    const auto error = refused(whole.substr(0, size));
    EXPECT_EQ(error.kind, ErrorKind::invalid);
    EXPECT_FALSE(error.message.empty());
  }
}

TEST(HostileTokenizer, IsRefusedWhenItIsNotUtf8) {
  auto text = good().dump();
  text[text.find("<|im_start|>") + 2] = '\xFF';
  const auto error = refused(text);
  EXPECT_EQ(error.kind, ErrorKind::invalid);
  EXPECT_NE(error.message.find("not UTF-8"), std::string::npos) << error.text();
}

TEST(HostileTokenizer, IsRefusedWhenItNestsDeeply) {
  for (const int depth : {33, 50, 10'000, 1'000'000}) {
    const auto error = refused(std::string(depth, '[') + std::string(depth, ']'));
    EXPECT_NE(error.message.find("nested deeper"), std::string::npos) << error.text();
  }
  auto json = good();
  nlohmann::json nested = {{"type", "Lowercase"}};
  for (int i = 0; i < 25; i++) {
    nested = {{"type", "Sequence"}, {"normalizers", nlohmann::json::array({nested})}};
  }
  json["normalizer"] = nested;
  expect_refused(json, ErrorKind::invalid, "nested deeper");
}

TEST(HostileTokenizer, IsRefusedWhenItsDecoderStripsTheEndOfTexts) {
  auto json = good();
  const nlohmann::json strip = {{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 1}};
  json["decoder"] = strip;
  expect_refused(json, ErrorKind::invalid, "strips the end");
  json["decoder"] = {{"type", "Sequence"}, {"decoders", {{{"type", "Fuse"}}, strip}}};
  expect_refused(json, ErrorKind::invalid, "strips the end");
}

TEST(HostileTokenizer, IsRefusedWhenAPartIsOfAnotherType) {
  const std::vector<nlohmann::json> others = {nlohmann::json(true), nlohmann::json(-1.5e300),
                                              nlohmann::json("x"), nlohmann::json::array({1, nullptr}),
                                              nlohmann::json::object({{"type", 7}})};
  for (const auto* part :
       {"model", "added_tokens", "pre_tokenizer", "decoder", "post_processor", "normalizer"}) {
    for (const auto& other : others) {
      auto json = good();
      json[part] = other;
      EXPECT_FALSE(refused(json.dump()).message.empty()) << part << other;
    }
  }
  for (const auto& other : others) EXPECT_EQ(refused(other.dump()).kind, ErrorKind::invalid);
  EXPECT_EQ(refused("null").kind, ErrorKind::invalid);
  EXPECT_EQ(refused("{}").kind, ErrorKind::invalid);
}

TEST(HostileTokenizer, IsRefusedWhenAnAddedTokenLiesOutsideTheVocabulary) {
  auto json = good();
  json["added_tokens"].push_back({{"id", 900'000},
                                  {"content", "<far>"},
                                  {"single_word", false},
                                  {"lstrip", false},
                                  {"rstrip", false},
                                  {"normalized", false},
                                  {"special", true}});
  expect_refused(json, ErrorKind::corrupt, "<far>");
  json["added_tokens"].back()["id"] = 4'294'967'296;
  EXPECT_FALSE(refused(json.dump()).message.empty());
}

TEST(HostileTokenizer, IsRefusedWhenAMergeNamesWhatIsNoToken) {
  auto json = good();
  json["model"]["merges"].push_back({"no such", "token"});
  EXPECT_FALSE(refused(json.dump()).message.empty());
}

TEST(HostileTokenizer, IsRefusedWhenAnIdIsAbsurd) {
  auto json = good();
  json["model"]["vocab"]["far"] = 4'000'000'000u;
  expect_refused(json, ErrorKind::corrupt, "4000000000");
  json["model"]["vocab"]["far"] = -1;
  EXPECT_FALSE(refused(json.dump()).message.empty());
  json["model"]["vocab"]["far"] = 1e99;
  EXPECT_FALSE(refused(json.dump()).message.empty());
}

TEST(HostileTokenizer, IsRefusedWhenItsFrameLiesOutsideTheVocabulary) {
  auto json = test::fixture_json("tokenizers/spm_bpe.json");
  json["post_processor"]["special_tokens"]["<s>"]["ids"] = {123'456};
  expect_refused(json, ErrorKind::corrupt, "123456");
}

TEST(HostileTokenizer, IsRefusedWhenItsNormalizersExplode) {
  auto json = good();
  json["normalizer"] = {{"type", "Sequence"}, {"normalizers", nlohmann::json::array()}};
  for (int i = 0; i < 40; i++) {
    json["normalizer"]["normalizers"].push_back(
        {{"type", "Replace"}, {"pattern", {{"String", "a"}}}, {"content", "aa"}});
  }
  expect_refused(json, ErrorKind::invalid, "times as long");
}

TEST(HostileTokenizer, IsRefusedWhenARegexDoesNotParse) {
  auto json = good();
  json["pre_tokenizer"] = {
      {"type", "Split"}, {"pattern", {{"Regex", "(((["}}}, {"behavior", "Isolated"}, {"invert", false}};
  EXPECT_FALSE(refused(json.dump()).message.empty());
}

TEST(HostileTokenizer, DoesNotPadOrCutOrRollDice) {
  auto json = good();
  json["padding"] = {{"strategy", {{"Fixed", 1'000'000'000'000}}},
                     {"direction", "Right"},
                     {"pad_to_multiple_of", nullptr},
                     {"pad_id", 0},
                     {"pad_type_id", 0},
                     {"pad_token", "<|endoftext|>"}};
  json["truncation"] = {
      {"direction", "Right"}, {"max_length", 1}, {"strategy", "LongestFirst"}, {"stride", 0}};
  json["model"]["dropout"] = 0.5;
  const auto made = Tokenizer::from_json(json.dump());
  ASSERT_TRUE(made) << made.error().text();
  const auto expected = test::tokenizer("byte_bpe").encode("the fee of the harbour", SpecialTokens::add).ids;
  for (int i = 0; i < 20; i++)
    EXPECT_EQ(made->encode("the fee of the harbour", SpecialTokens::add).ids, expected);
}

TEST(HostileTokenizer, WithARandomByteChangedIsRefusedOrWorks) {
  const auto whole = good().dump();
  std::uint64_t state = 7;
  int accepted = 0;
  for (int i = 0; i < 400; i++) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    auto text = whole;
    text[(state >> 33) % text.size()] = static_cast<char>(state >> 25);
    const auto made = Tokenizer::from_json(text);
    if (!made) {
      EXPECT_FALSE(made.error().message.empty());
      continue;
    }
    accepted++;
    try {
      for (const auto id : made->encode("the fee <|im_end|> 👍", SpecialTokens::add).ids) {
        EXPECT_LT(id, made->vocabulary_size());
      }
    } catch (const Failure& failure) {
      EXPECT_FALSE(failure.error.message.empty());
    }
  }
  EXPECT_GT(accepted, 0);
}

}  // namespace preceptor::text
