#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

// How a byte-level BPE tokenizer splits a text before it merges. GGUF names the rule
// (tokenizer.ggml.pre), a tokenizer.json spells it out.
namespace preceptor::engine {

struct TextSplitting {
  std::string_view name;         // as GGUF writes it
  bool whole_words = false;      // a piece that is a token as a whole is not merged (ignore_merges)
  bool begins_with_bos = false;  // unless the file says otherwise
};

std::optional<TextSplitting> text_splitting(std::string_view name);

// The pre_tokenizer of a tokenizer.json. name: of a known splitting.
nlohmann::json pre_tokenizer_of(std::string_view name);

// The name under which GGUF knows this pre_tokenizer; none when it knows none that splits alike.
std::optional<std::string_view> splitting_of(const nlohmann::json& pre_tokenizer, bool whole_words);

}  // namespace preceptor::engine
