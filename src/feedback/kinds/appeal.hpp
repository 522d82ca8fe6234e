// The decision on a person's objection to the rejection of their judgment.
#pragma once

#include "feedback/kinds/kind.hpp"

namespace preceptor::feedback {

struct AppealPayload {
  bool overturned = false;
  std::string reason;  // for the person
};
Result<AppealPayload> parse_appeal(std::string_view payload);

}  // namespace preceptor::feedback
