// Files of prompts and texts: one JSON object a line.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "text/chat_template.hpp"
#include "text/tokenizer.hpp"

namespace preceptor::cli {

struct GivenText {
  std::int64_t line = 0;  // from 1
  std::string id_json;    // the row's "id" as it stands there; empty: it has none
  std::variant<std::vector<text::TokenId>, std::string, std::vector<text::Message>> content;
};

// Rows of {"tokens": [ids]}, {"text": "…"}, {"prompt": "…"}, {"messages": [{"role", "content"}]} or
// {"prompt": [messages]}, plain or packed. Empty lines are passed over. Refuses a row that is none of these,
// `where` being its path:line.
Result<std::vector<GivenText>> read_given_texts(const std::filesystem::path& path);

// Its tokens for the model: plain texts with what the tokenizer puts in front, conversations through the
// model's template, with the beginning of the model's turn if wanted.
Result<std::vector<text::TokenId>> tokens_of(const GivenText& given, const text::Tokenizer& tokenizer,
                                             const std::optional<text::ChatTemplate>& chat_template,
                                             text::GenerationPrompt turn);

}  // namespace preceptor::cli
