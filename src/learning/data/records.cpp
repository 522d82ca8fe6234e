#include "learning/data/records.hpp"

#include "base/format.hpp"
#include "base/hash.hpp"

namespace preceptor::learning {

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos;
}

std::string prompt_id(std::span<const text::Message> messages) {
  Sha256 hash;
  for (const auto& message : messages) {
    hash.add(format("{}:{}:{}:", message.role, message.content.size(), message.content));
  }
  return hash.hex().substr(0, 16);
}

Result<void> check_turns(std::span<const text::Message> messages) {
  if (messages.empty()) return refuse(ErrorKind::invalid, "there is no message");
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const auto& [role, content] = messages[i];
    if (role != "system" && role != "user" && role != "assistant") {
      return refuse(ErrorKind::invalid, format("message {} has the unknown role \"{}\"", i + 1, role));
    }
    if (role == "system" && i > 0) return refuse(ErrorKind::invalid, "a system message is not the first");
    if (is_blank(content)) return refuse(ErrorKind::invalid, format("message {} is empty", i + 1));
    if (i > 0 && role == messages[i - 1].role) {
      return refuse(ErrorKind::invalid, format("messages {} and {} are both the {}'s", i, i + 1, role));
    }
  }
  return {};
}

Result<void> check_prompt(std::span<const text::Message> messages) {
  if (auto turns = check_turns(messages); !turns) return turns;
  if (messages.back().role != "user")
    return refuse(ErrorKind::invalid, "the prompt does not end with a user's turn");
  return {};
}

Result<void> check_answers(std::string_view chosen, std::string_view rejected) {
  if (is_blank(chosen)) return refuse(ErrorKind::invalid, "the chosen answer is empty");
  if (is_blank(rejected)) return refuse(ErrorKind::invalid, "the rejected answer is empty");
  if (chosen == rejected)
    return refuse(ErrorKind::invalid, "the chosen and the rejected answer are identical");
  return {};
}

}  // namespace preceptor::learning
