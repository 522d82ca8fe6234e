#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "learning/data/dataset.hpp"

namespace preceptor::learning {

// Shared by the readers of the single shapes.

// Ids that follow from the prompt alone: the same prompt has the same id in every file.
std::string prompt_id(std::span<const text::Message> messages);

// A conversation that a model is to continue: known roles, no blank turn, ends with the user's.
Result<void> check_prompt(std::span<const text::Message> messages);
// The answers differ and neither is blank.
Result<void> check_answers(std::string_view chosen, std::string_view rejected);
// Known roles, no blank turn.
Result<void> check_turns(std::span<const text::Message> messages);

bool is_blank(std::string_view text);

}  // namespace preceptor::learning
