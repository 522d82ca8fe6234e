// A prompt that came out of a person's work.
#pragma once

#include "feedback/records.hpp"

namespace preceptor::feedback {

struct WrittenPrompt {
  std::string intent, difficulty;
  std::string source;  // how it came about
};
// Enters it for training, in the language and domain of the task's brief; who wrote it is never handed work
// about it.
PromptId enter_prompt(Records&, const Task&, const Judgment&, std::vector<Message>, const WrittenPrompt&);

}  // namespace preceptor::feedback
