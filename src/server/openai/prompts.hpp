#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "base/result.hpp"
#include "feedback/types.hpp"
#include "loop/completions.hpp"

// What a text is to go on from, as OpenAI's clients write it.
namespace preceptor::server::openai {

// Of a chat: 1,024 messages at most, texts alone, without tools.
Result<std::vector<feedback::Message>> messages_of(const nlohmann::json& list);
// Of a text: one or a list, each a text or the ids of its tokens.
Result<std::vector<loop::CompletionPrompt>> prompts_of(const nlohmann::json& prompt);

}  // namespace preceptor::server::openai
