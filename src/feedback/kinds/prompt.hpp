// A prompt written to a brief: an ordinary one, an attack on the model, an edge case.
#pragma once

#include "feedback/kinds/kind.hpp"

namespace preceptor::feedback {

struct PromptPayload {
  std::string text;
  std::string style;       // ordinary, adversarial, edge_case
  std::string intent;      // may be empty
  std::string difficulty;  // easy, medium, hard
  std::string note;
  ExchangeId trial;           // what the model answered when it was tried; needed for an attack
  std::optional<bool> broke;  // whether the model broke; with a trial
  std::string how;            // how it broke; needed when it did
};
Result<PromptPayload> parse_prompt_payload(std::string_view payload, const Matter&);

// Enters the prompt into the project, for training, under the name of the one who wrote it.
Result<void> settle_prompt(Records&, const Task&, const Judgment&);

}  // namespace preceptor::feedback
