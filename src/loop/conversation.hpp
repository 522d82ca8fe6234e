// Messages of the judging side in the words of the text module.
#pragma once

#include <vector>

#include "feedback/types.hpp"
#include "text/chat_template.hpp"

namespace preceptor::loop {

inline std::vector<text::Message> to_text(const std::vector<feedback::Message>& messages) {
  std::vector<text::Message> converted;
  converted.reserve(messages.size());
  for (const feedback::Message& message : messages) converted.push_back({message.role, message.content});
  return converted;
}

}  // namespace preceptor::loop
