#include "engine/constrained/token_bytes.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "engine/constrained/text_form.hpp"
#include "tests/constrained/form_writer.hpp"

namespace preceptor::engine {
namespace {

TEST(TokenBytes, TogetherTheyAreTheText) {
  const TokenBytes tokens = token_bytes(form_tokenizer()).value();
  for (const std::string text : {"the ferry, für 三 Kronen \n\t€🚢", R"({"name": "harbour"})"}) {
    std::string bytes;
    for (const TokenId id : form_tokenizer().encode_plain(text).ids)
      bytes += tokens.bytes[static_cast<std::size_t>(id)];
    EXPECT_EQ(bytes, text);
  }
  EXPECT_TRUE(tokens.bytes[end_of_text].empty());
  EXPECT_FALSE(tokens.first_space_dropped);
  EXPECT_TRUE(FormVocabulary(tokens).writes_every_byte());
}

// SentencePiece as Llama 2 has it: a mark for spaces, tokens for single bytes.
constexpr const char* llama_like = R"({"version":"1.0","truncation":null,"padding":null,"added_tokens":[
{"id":0,"content":"<s>","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}],
"normalizer":{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]},
"pre_tokenizer":null,"post_processor":null,
"decoder":{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]},
"model":{"type":"BPE","unk_token":"<s>","fuse_unk":true,"byte_fallback":true,"vocab":{"<s>":0,"<0x0A>":1,"<0xC3>":2,"▁":3,"a":4,"▁a":5,"<0x":6},"merges":["▁ a"]}})";

TEST(TokenBytes, ReadsMarksForSpacesAndTokensForBytes) {
  const auto tokenizer = text::Tokenizer::from_json(llama_like);
  ASSERT_TRUE(tokenizer.has_value()) << tokenizer.error().text();
  const TokenBytes tokens = token_bytes(*tokenizer).value();
  EXPECT_EQ(tokens.bytes, (std::vector<std::string>{"", "\n", "\xC3", " ", "a", " a", "<0x"}));
  EXPECT_TRUE(tokens.first_space_dropped);
  const FormVocabulary vocabulary(tokens);
  EXPECT_EQ(vocabulary.bytes_of(5, true), "a");
  EXPECT_EQ(vocabulary.bytes_of(5, false), " a");
  EXPECT_FALSE(vocabulary.writes_every_byte());
  const auto form = regular_expression_form("a", std::make_shared<const FormVocabulary>(tokens));
  ASSERT_FALSE(form.has_value());
  EXPECT_EQ(form.error().kind, ErrorKind::unsupported);
}

}  // namespace
}  // namespace preceptor::engine
