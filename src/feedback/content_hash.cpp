#include "feedback/content_hash.hpp"

#include <nlohmann/json.hpp>

#include "base/hash.hpp"

namespace preceptor::feedback {

std::string content_hash(const Prompt& prompt) {
  auto parts = nlohmann::json::array({prompt.intent, prompt.domain, prompt.language, prompt.hazard,
                                      prompt.difficulty, name_of(prompt.split), prompt.source, prompt.key});
  for (const Message& message : prompt.messages) {
    parts.push_back(message.role);
    parts.push_back(message.content);
  }
  return sha256_hex(parts.dump());
}

std::string content_hash(const Response& response) {
  return sha256_hex(
      nlohmann::json::array({response.prompt.value, response.model.value, response.text}).dump());
}

}  // namespace preceptor::feedback
