#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "text/tokenizer.hpp"

namespace preceptor::learning {

// What the objectives train on. Ids are stored once, by collation.hpp, and never made again from a joined
// text.

struct TokenExample {
  std::vector<text::TokenId> tokens;
  std::vector<float>
      token_weights;    // of predicting tokens[i] from its past; 0: masked; [0] has no past, always 0
  float weight = 1.0F;  // of the whole example: its annotators' reliability
};

struct PreferenceExample {
  std::vector<text::TokenId> prompt;
  std::vector<text::TokenId> chosen;  // completions end with the turn-end token
  std::vector<text::TokenId> rejected;
  float probability = 1.0F;  // that chosen is really the better one; a tie is 0.5
  float weight = 1.0F;
  float margin = 0.0F;  // by which the reward of chosen should lead (reward model only)
};

struct CompletionExample {
  std::vector<text::TokenId> prompt;
  std::vector<text::TokenId> completion;
};

}  // namespace preceptor::learning
