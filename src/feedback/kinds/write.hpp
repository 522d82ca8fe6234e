// The answer that the model should have given.
#pragma once

#include "feedback/kinds/kind.hpp"

namespace preceptor::feedback {

struct WritePayload {
  std::string text;
  std::string note;
};
Result<WritePayload> parse_write(std::string_view payload);

}  // namespace preceptor::feedback
