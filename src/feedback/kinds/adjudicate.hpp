// The last word on a task whose judgments disagree.
#pragma once

#include "feedback/kinds/kind.hpp"

namespace preceptor::feedback {

struct AdjudicatePayload {
  std::string payload;  // the judgment that stands, in the kept form of the task's kind
  std::string reason;
};
Result<AdjudicatePayload> parse_adjudicate(std::string_view payload, const Matter&);

}  // namespace preceptor::feedback
