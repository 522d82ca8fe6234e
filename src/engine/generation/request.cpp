#include "engine/generation/request.hpp"

#include <string>

namespace preceptor::engine {
namespace {

Result<void> check_id(TokenId id, const ModelConfig& config, const char* holder) {
  if (id >= 0 && id < config.vocabulary_size) return {};
  return refuse(ErrorKind::invalid, std::string(holder) + " the id " + std::to_string(id) +
                                        ", outside the vocabulary of " +
                                        std::to_string(config.vocabulary_size));
}

}  // namespace

Result<void> check(const GenerationRequest& request, const ModelConfig& config) {
  if (request.prompt.empty()) return refuse(ErrorKind::invalid, "the prompt is empty");
  if (request.prompt.size() >= static_cast<std::size_t>(config.context_length_max)) {
    return refuse(ErrorKind::too_large,
                  "the prompt has " + std::to_string(request.prompt.size()) +
                      " tokens, which leaves no room in a context of " +
                      std::to_string(config.context_length_max),
                  "Shorten the conversation.");
  }
  for (const TokenId id : request.prompt) {
    if (auto known = check_id(id, config, "the prompt holds"); !known) return known;
  }
  for (const LogitBias& entry : request.sampling.logit_bias) {
    if (auto known = check_id(entry.id, config, "logit_bias names"); !known) return known;
  }
  if (request.constraint != nullptr && request.sampling.tokens_min > 0) {
    return refuse(ErrorKind::invalid, "tokens_min cannot be asked of a constrained text",
                  "Say how long it must be in the schema or the expression.");
  }
  return check(request.sampling);
}

}  // namespace preceptor::engine
