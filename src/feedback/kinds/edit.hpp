// A response put right by hand, with what was changed word by word.
#pragma once

#include "feedback/kinds/kind.hpp"

namespace preceptor::feedback {

struct EditPayload {
  std::string text;
  bool good_as_is = false;  // then the text is the response's own
  std::string note;
};
Result<EditPayload> parse_edit(std::string_view payload, const Matter&);

}  // namespace preceptor::feedback
