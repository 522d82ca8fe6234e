// A conversation with the model, each of its answers judged as it comes.
#pragma once

#include "feedback/kinds/kind.hpp"

namespace preceptor::feedback {

struct ChatPayload {
  struct Turn {
    ExchangeId exchange;
    std::string verdict;  // good, flawed, bad
    std::string note;
  };
  std::vector<Turn> turns;  // each goes on from the one before
  std::string overall;      // good, flawed, bad
  std::string note;
};
Result<ChatPayload> parse_chat(std::string_view payload, const Matter&);

}  // namespace preceptor::feedback
