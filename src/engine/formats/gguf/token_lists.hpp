#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engine/formats/gguf/gguf_file.hpp"

namespace preceptor::engine {

// tokenizer.ggml.token_type.
enum class TokenKind : std::int8_t {
  normal = 1,
  unknown = 2,
  control = 3,
  user_defined = 4,
  unused = 5,
  byte = 6
};

// The vocabulary of a GGUF file: views into it, one entry per id.
struct TokenLists {
  std::vector<std::string_view> texts;
  std::vector<TokenKind> kinds;          // all normal when the file does not tell
  std::vector<float> scores;             // empty when the file has none
  std::vector<std::string_view> merges;  // "left right"; empty when the file has none
};

// Refuses lists of different lengths, texts that are not UTF-8 or appear twice, and numbers that are no kind.
Result<TokenLists> read_token_lists(const GgufFile& file);

// What is put around a text.
struct TextFrame {
  std::int32_t bos_id = -1;  // below zero: nothing
  std::int32_t eos_id = -1;
};

// The model and the steps of a tokenizer.json for each kind of vocabulary; tokens of the lists that are not
// ordinary text become its added tokens.
nlohmann::json byte_level_tokenizer(const TokenLists& lists, std::string_view splitting,
                                    const TextFrame& frame);
nlohmann::json sentence_piece_tokenizer(const TokenLists& lists, bool space_in_front, std::int32_t unknown_id,
                                        const TextFrame& frame);

}  // namespace preceptor::engine
