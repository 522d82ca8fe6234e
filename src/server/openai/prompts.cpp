#include "server/openai/prompts.hpp"

#include <nlohmann/json.hpp>

#include "base/format.hpp"

namespace preceptor::server::openai {
namespace {

using nlohmann::json;

constexpr std::size_t prompts_max = 256;
constexpr std::size_t messages_max = 1'024;

Result<std::string> content_of(const json& message, const std::string& where) {
  const json content = message.value("content", json());
  if (content.is_string()) return content.get<std::string>();
  if (content.is_null() && message.value("role", "") == "assistant") return std::string();
  if (!content.is_array()) return refuse(ErrorKind::invalid, "a message's content must be text", {}, where);
  std::string text;
  for (const json& part : content) {
    if (!part.is_object() || part.value("type", json()) != "text" || !part.contains("text") ||
        !part.at("text").is_string())
      return refuse(ErrorKind::unsupported, "only parts of the type text are supported in a message", {},
                    where);
    text += part.at("text").get<std::string>();
  }
  return text;
}

Result<std::vector<std::int32_t>> ids_of(const json& list) {
  std::vector<std::int32_t> ids;
  for (const json& id : list) {
    if (!id.is_number_integer() || id.get<std::int64_t>() < 0 || id.get<std::int64_t>() > INT32_MAX)
      return refuse(ErrorKind::invalid, "a list of tokens must hold ids alone", {}, "prompt");
    ids.push_back(id.get<std::int32_t>());
  }
  return ids;
}

}  // namespace

Result<std::vector<feedback::Message>> messages_of(const json& list) {
  if (!list.is_array() || list.empty())
    return refuse(ErrorKind::invalid, "messages must be a list with a message at least", {}, "messages");
  if (list.size() > messages_max)
    return refuse(ErrorKind::too_large, fmt::format("messages may hold {} at most", messages_max), {},
                  "messages");
  std::vector<feedback::Message> messages;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string where = fmt::format("messages[{}]", i);
    const json& message = list[i];
    if (!message.is_object() || !message.contains("role") || !message.at("role").is_string())
      return refuse(ErrorKind::invalid, "a message must have a role", {}, where);
    std::string role = message.at("role").get<std::string>();
    if (role == "developer") role = "system";
    if (role != "system" && role != "user" && role != "assistant")
      return refuse(ErrorKind::unsupported, fmt::format("messages of the role {} are not supported", role),
                    {}, where + ".role");
    for (const char* other : {"tool_calls", "function_call", "audio"}) {
      if (message.contains(other) && !message.at(other).is_null())
        return refuse(ErrorKind::unsupported, fmt::format("{} in a message is not supported", other), {},
                      where + "." + other);
    }
    auto content = content_of(message, where + ".content");
    if (!content) return tl::unexpected(content.error());
    messages.push_back({std::move(role), *std::move(content)});
  }
  return messages;
}

Result<std::vector<loop::CompletionPrompt>> prompts_of(const json& prompt) {
  std::vector<loop::CompletionPrompt> prompts;
  if (prompt.is_string()) {
    prompts.emplace_back(prompt.get<std::string>());
    return prompts;
  }
  if (!prompt.is_array() || prompt.empty() ||
      prompt.size() > prompts_max * (prompt[0].is_number() ? 4096 : 1))
    return refuse(ErrorKind::invalid,
                  fmt::format("prompt must be a text, a list of ids, or up to {} of them", prompts_max), {},
                  "prompt");
  if (prompt[0].is_number()) {
    auto ids = ids_of(prompt);
    if (!ids) return tl::unexpected(ids.error());
    prompts.emplace_back(*std::move(ids));
    return prompts;
  }
  for (const json& one : prompt) {
    if (one.is_string()) {
      prompts.emplace_back(one.get<std::string>());
      continue;
    }
    if (!one.is_array())
      return refuse(ErrorKind::invalid, "a prompt must be a text or a list of ids", {}, "prompt");
    auto ids = ids_of(one);
    if (!ids) return tl::unexpected(ids.error());
    prompts.emplace_back(*std::move(ids));
  }
  return prompts;
}

}  // namespace preceptor::server::openai
