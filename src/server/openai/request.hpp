#pragma once
// The bodies of OpenAI's completion requests. https://platform.openai.com/docs/api-reference
#include <string>
#include <string_view>
#include <vector>

#include "loop/completions.hpp"

namespace preceptor::server::openai {

enum class Kind { chat, text };

struct TextsRequest {
  Kind kind = Kind::chat;
  std::string model;
  std::vector<loop::CompletionPrompt> prompts;
  std::int64_t samples = 1;  // of each prompt: "n"
  loop::CompletionSettings settings;
  bool stream = false;
  bool include_usage = false;
  bool echo = false;  // the prompt before the text
};

// Refuses with invalid what is wrong and with unsupported what OpenAI knows and this server does not; `where`
// names the parameter. A seed that is not given is drawn. Beyond OpenAI's: top_k, min_p, repetition_penalty,
// min_tokens, and response_format {"type": "regex", "pattern": …}.
Result<TextsRequest> read_request(Kind kind, std::string_view body);

}  // namespace preceptor::server::openai
