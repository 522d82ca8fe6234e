#include "engine/formats/gguf/gguf_tokenizer.hpp"

#include <gtest/gtest.h>

#include "base/file.hpp"
#include "tests/formats/gguf/gguf_fixtures.hpp"
#include "tests/formats/gguf/raw_gguf.hpp"
#include "tests/formats/raw_safetensors.hpp"

namespace preceptor::engine {
namespace {

Result<GgufTokenizer> read(const std::filesystem::path& path) {
  return GgufFile::open(path).and_then([](const GgufFile& file) { return tokenizer_from_gguf(file); });
}

Result<GgufTokenizer> read(const RawGguf& raw) {
  const TemporaryFolder folder;
  return read(write_bytes(folder.path() / "t.gguf", raw.bytes()));
}

class SentencePiece : public testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(GgufTokenizer, SentencePiece,
                         testing::Values("sentence_piece", "sentence_piece_no_prefix"),
                         [](const auto& info) { return std::string(info.param); });

TEST_P(SentencePiece, EncodesAsTheLibraryThatTrainedIt) {
  const auto read_back = read(gguf_fixture(std::string(GetParam()) + ".gguf"));
  ASSERT_TRUE(read_back.has_value()) << read_back.error().text();
  const auto tokenizer = text::Tokenizer::from_json(read_back->files.tokenizer_json);
  ASSERT_TRUE(tokenizer.has_value()) << tokenizer.error().text();
  for (const auto& golden : gguf_golden().at(GetParam())) {
    const auto text = golden.at("text").get<std::string>();
    const auto ids = golden.at("ids").get<std::vector<text::TokenId>>();
    EXPECT_EQ(tokenizer->encode(text, text::SpecialTokens::none).ids, ids) << text;
    EXPECT_EQ(tokenizer->decode(ids, text::Specials::skip), golden.at("decoded").get<std::string>()) << text;
  }
  EXPECT_EQ(read_back->files.bos_token, "<s>");
  EXPECT_EQ(read_back->files.eos_token, "</s>");
  EXPECT_EQ(tokenizer->encode("a", text::SpecialTokens::add).ids.front(), read_back->bos_id);
  EXPECT_TRUE(tokenizer->is_special(*tokenizer->id_of("<turn>")));
  EXPECT_FALSE(tokenizer->is_special(*tokenizer->id_of("<b>")));
  EXPECT_EQ(tokenizer->encode("<b>x", text::SpecialTokens::none).ids.front(), *tokenizer->id_of("<b>"));
}

RawGguf byte_level() {
  RawGguf raw;
  raw.string("general.architecture", "llama").string("tokenizer.ggml.model", "gpt2");
  raw.string("tokenizer.ggml.pre", "llama-bpe");
  raw.strings("tokenizer.ggml.tokens", {"a", "b", "1", "ab", "11", "111", "Ġ", "<end>", "<tool>"});
  raw.numbers<std::int32_t>("tokenizer.ggml.token_type", GgufType::int32, {1, 1, 1, 1, 1, 1, 1, 3, 4});
  raw.strings("tokenizer.ggml.merges", {"a b", "1 1"});
  raw.whole("tokenizer.ggml.bos_token_id", 7).whole("tokenizer.ggml.eos_token_id", 7);
  return raw;
}

TEST(GgufTokenizer, ABytePairTokenizerSplitsAsItsNameSays) {
  const auto with = [](const char* name) {
    RawGguf raw;
    raw.string("general.architecture", "llama").string("tokenizer.ggml.model", "gpt2");
    raw.string("tokenizer.ggml.pre", name);
    raw.strings("tokenizer.ggml.tokens", {"a", "b", "1", "ab", "11", "111"});
    raw.strings("tokenizer.ggml.merges", {"a b", "1 1", "11 1"});
    const auto result = read(raw);
    EXPECT_TRUE(result.has_value()) << result.error().text();
    const auto tokenizer = text::Tokenizer::from_json(result->files.tokenizer_json);
    EXPECT_TRUE(tokenizer.has_value()) << tokenizer.error().text();
    return tokenizer->encode("1111ab", text::SpecialTokens::none).ids;
  };
  using Ids = std::vector<text::TokenId>;
  EXPECT_EQ(with("gpt-2"), (Ids{4, 4, 3}));
  EXPECT_EQ(with("llama-bpe"), (Ids{5, 2, 3}));
  EXPECT_EQ(with("qwen2"), (Ids{2, 2, 2, 2, 3}));
  EXPECT_EQ(with("smollm"), (Ids{2, 2, 2, 2, 3}));
  EXPECT_EQ(with("gpt-4o"), (Ids{5, 2, 3}));
  EXPECT_EQ(with("tekken"), (Ids{2, 2, 2, 2, 3}));
}

TEST(GgufTokenizer, Llama3TakesWholeWordsAndBeginsWithItsFirstToken) {
  const auto result = read(byte_level());
  ASSERT_TRUE(result.has_value()) << result.error().text();
  const auto tokenizer = text::Tokenizer::from_json(result->files.tokenizer_json);
  ASSERT_TRUE(tokenizer.has_value()) << tokenizer.error().text();
  using Ids = std::vector<text::TokenId>;
  EXPECT_EQ(tokenizer->encode("111", text::SpecialTokens::none).ids, (Ids{5}));  // no merge makes it
  EXPECT_EQ(tokenizer->encode("a", text::SpecialTokens::add).ids, (Ids{7, 0}));
  EXPECT_EQ(tokenizer->encode("ab<end><tool>", text::SpecialTokens::none).ids, (Ids{3, 7, 8}));
  EXPECT_EQ(result->files.generation.stop_ids, (std::vector<std::int32_t>{7}));
  auto silent = byte_level();
  silent.flag("tokenizer.ggml.add_bos_token", false);
  const auto without = text::Tokenizer::from_json(read(silent)->files.tokenizer_json);
  EXPECT_EQ(without->encode("a", text::SpecialTokens::add).ids, (Ids{0}));
}

void expect_refused(const RawGguf& raw, ErrorKind kind, const std::string& words) {
  const auto result = read(raw);
  ASSERT_FALSE(result.has_value()) << words;
  EXPECT_EQ(result.error().kind, kind) << result.error().message;
  EXPECT_NE(result.error().message.find(words), std::string::npos) << result.error().message;
}

RawGguf with_tokens(const std::vector<std::string>& tokens, const char* model = "gpt2") {
  RawGguf raw;
  raw.string("general.architecture", "llama").string("tokenizer.ggml.model", model);
  raw.string("tokenizer.ggml.pre", "gpt-2").strings("tokenizer.ggml.tokens", tokens);
  return raw;
}

TEST(GgufTokenizer, RefusesListsThatDoNotFitEachOther) {
  expect_refused(RawGguf().string("general.architecture", "llama"), ErrorKind::invalid, "tokens' is missing");
  expect_refused(with_tokens({"a", "a"}), ErrorKind::corrupt, "twice");
  expect_refused(with_tokens({"\xc3"}), ErrorKind::corrupt, "UTF-8");
  auto kinds = with_tokens({"a", "b"});
  expect_refused(kinds.numbers<std::int32_t>("tokenizer.ggml.token_type", GgufType::int32, {1}),
                 ErrorKind::corrupt, "one kind per token");
  auto odd = with_tokens({"a", "b"});
  expect_refused(odd.numbers<std::int32_t>("tokenizer.ggml.token_type", GgufType::int32, {1, 9}),
                 ErrorKind::corrupt, "none of 1 to 6");
  auto scores = with_tokens({"a", "b"}, "llama");
  expect_refused(scores.numbers<float>("tokenizer.ggml.scores", GgufType::float32, {1, INFINITY}),
                 ErrorKind::corrupt, "not finite");
  auto merges = with_tokens({"a", "b"});
  expect_refused(merges.strings("tokenizer.ggml.merges", {"ab"}), ErrorKind::corrupt, "merge 0");
  auto ids = with_tokens({"a", "b"});
  expect_refused(ids.whole("tokenizer.ggml.eos_token_id", 2), ErrorKind::invalid, "outside the vocabulary");
}

TEST(GgufTokenizer, RefusesKindsItDoesNotKnowByName) {
  expect_refused(with_tokens({"a"}, "t5"), ErrorKind::unsupported, "'t5'");
  expect_refused(with_tokens({"a"}, "llama"), ErrorKind::invalid, "scores' is missing");
  RawGguf raw;
  raw.string("general.architecture", "llama").string("tokenizer.ggml.model", "gpt2");
  raw.string("tokenizer.ggml.pre", "klingon").strings("tokenizer.ggml.tokens", {"a"});
  expect_refused(raw, ErrorKind::unsupported, "'klingon'");
}

RawGguf gemma_without_template(const std::string& name) {
  RawGguf raw;
  raw.string("general.architecture", "gemma3").string("general.name", name);
  raw.string("tokenizer.ggml.model", "gpt2").string("tokenizer.ggml.pre", "gpt-2");
  raw.strings("tokenizer.ggml.tokens", {"<bos>", "<eos>", "<start_of_turn>", "<end_of_turn>"});
  raw.numbers<std::int32_t>("tokenizer.ggml.token_type", GgufType::int32, {3, 3, 3, 3});
  raw.whole("tokenizer.ggml.bos_token_id", 0).whole("tokenizer.ggml.eos_token_id", 1);
  return raw;
}

std::string rendered(const GgufTokenizer& tokenizer) {
  const auto chat = text::ChatTemplate::from_source(tokenizer.files.chat_template, "<bos>", "<eos>");
  if (!chat) return chat.error().text();
  const std::vector<text::Message> messages = {{"user", "Hi"}, {"assistant", "Yes?"}, {"user", "Go"}};
  return chat->render(messages, text::GenerationPrompt::add)->text;
}

TEST(GgufTokenizer, TunedGemmaFilesWithoutATemplateGetTheFamilysTurns) {
  const auto result = read(gemma_without_template("Gemma 3 270m It"));
  ASSERT_TRUE(result.has_value()) << result.error().text();
  EXPECT_EQ(result->files.generation.stop_ids, (std::vector<std::int32_t>{1, 3}));
  EXPECT_EQ(rendered(*result),
            "<bos><start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\nYes?<end_of_turn>\n"
            "<start_of_turn>user\nGo<end_of_turn>\n<start_of_turn>model\n");
}

TEST(GgufTokenizer, ABaseGemmaIsAskedInPlainTextSinceItNeverSawTheTokensOfTurns) {
  const auto result = read(gemma_without_template("Gemma 3 270m"));
  ASSERT_TRUE(result.has_value()) << result.error().text();
  EXPECT_EQ(rendered(*result), "<bos>Question: Hi\nAnswer: Yes?<eos>\nQuestion: Go\nAnswer:");
}

TEST(GgufTokenizer, GemmaFilesSampleAsTheFamilysGenerationConfigSays) {
  const auto result = read(gemma_without_template("Gemma 3 270m"));
  ASSERT_TRUE(result.has_value()) << result.error().text();
  EXPECT_EQ(result->files.generation.top_k, 64);
  EXPECT_EQ(result->files.generation.top_p, 0.95F);
}

}  // namespace
}  // namespace preceptor::engine
