#include "cli/given_texts.hpp"

#include <nlohmann/json.hpp>

#include "base/format.hpp"
#include "base/json.hpp"
#include "base/lines.hpp"

namespace preceptor::cli {
namespace {

using nlohmann::json;

Result<std::vector<text::Message>> messages_of(const json& list) {
  std::vector<text::Message> messages;
  for (const json& entry : list) {
    auto role = json_get<std::string>(entry, "role");
    if (!role) return tl::unexpected(role.error());
    auto content = json_get<std::string>(entry, "content");
    if (!content) return tl::unexpected(content.error());
    messages.push_back({*std::move(role), *std::move(content)});
  }
  if (messages.empty()) return refuse(ErrorKind::invalid, "the conversation is empty");
  return messages;
}

Result<void> read_content(GivenText& given, const json& row) {
  if (row.contains("tokens")) {
    auto tokens = json_get<std::vector<std::int32_t>>(row, "tokens");
    if (!tokens) return tl::unexpected(tokens.error());
    given.content = *std::move(tokens);
    return {};
  }
  for (const char* key : {"messages", "prompt", "text"}) {
    const auto found = row.find(key);
    if (found == row.end()) continue;
    if (found->is_string()) {
      given.content = found->get<std::string>();
      return {};
    }
    if (!found->is_array()) return refuse(ErrorKind::invalid, fmt::format("\"{}\" is no text", key));
    auto messages = messages_of(*found);
    if (!messages) return tl::unexpected(messages.error());
    given.content = *std::move(messages);
    return {};
  }
  return refuse(ErrorKind::invalid, "the row has neither tokens nor text, prompt or messages");
}

Result<GivenText> read_row(std::string_view line) {
  const auto row = parse_json(line);
  if (!row) return tl::unexpected(row.error());
  if (!row->is_object()) return refuse(ErrorKind::invalid, "the row is no JSON object");
  GivenText given;
  if (const auto id = row->find("id"); id != row->end()) given.id_json = id->dump();
  if (auto read = read_content(given, *row); !read) return tl::unexpected(read.error());
  return given;
}

}  // namespace

Result<std::vector<GivenText>> read_given_texts(const std::filesystem::path& path) {
  auto lines = LineReader::open(path);
  if (!lines) return tl::unexpected(lines.error());
  std::vector<GivenText> texts;
  while (true) {
    const auto line = lines->next();
    if (!line) return tl::unexpected(line.error());
    if (!*line) return texts;
    if ((*line)->find_first_not_of(" \t") == std::string_view::npos) continue;
    auto given = read_row(**line);
    if (!given) {
      given.error().where = fmt::format("{}:{}", path.string(), lines->line_number());
      return tl::unexpected(given.error());
    }
    given->line = lines->line_number();
    texts.push_back(*std::move(given));
  }
}

Result<std::vector<text::TokenId>> tokens_of(const GivenText& given, const text::Tokenizer& tokenizer,
                                             const std::optional<text::ChatTemplate>& chat_template,
                                             text::GenerationPrompt turn) {
  if (const auto* ids = std::get_if<std::vector<text::TokenId>>(&given.content)) return *ids;
  if (const auto* plain = std::get_if<std::string>(&given.content))
    return tokenizer.encode(*plain, text::SpecialTokens::add).ids;
  if (!chat_template)
    return refuse(ErrorKind::unsupported, "the model has no chat template for this conversation",
                  "Give plain texts, or add a template to its tokenizer_config.json.");
  const auto rendered = chat_template->render(std::get<std::vector<text::Message>>(given.content), turn);
  if (!rendered) return tl::unexpected(rendered.error());
  auto chat = text::tokenize_chat(tokenizer, *rendered);
  if (!chat) return tl::unexpected(chat.error());
  return std::move(chat->ids);
}

}  // namespace preceptor::cli
