#include "feedback/kinds/chat.hpp"

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "feedback/kinds/parts.hpp"

namespace preceptor::feedback {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 3> verdicts{"good", "flawed", "bad"};
constexpr std::size_t turns_max = 100;

// The conversation of a turn begins with that of the turn before and its answer.
bool goes_on(const Exchange& before, const Exchange& next) {
  const std::size_t said = before.messages.size();
  if (next.messages.size() != said + 2) return false;
  for (std::size_t i = 0; i < said; ++i) {
    if (next.messages[i].role != before.messages[i].role ||
        next.messages[i].content != before.messages[i].content)
      return false;
  }
  return next.messages[said].role == "assistant" && next.messages[said].content == before.reply;
}

Result<std::string> check(std::string_view text, const Matter& matter) {
  return parse_chat(text, matter).map([](const ChatPayload& payload) {
    Json turns = Json::array();
    for (const auto& turn : payload.turns)
      turns.push_back({{"exchange_id", turn.exchange.value}, {"verdict", turn.verdict}, {"note", turn.note}});
    return Json{{"turns", turns}, {"overall", payload.overall}, {"note", payload.note}}.dump();
  });
}

}  // namespace

Result<ChatPayload> parse_chat(std::string_view text, const Matter& matter) {
  static constexpr std::array<std::string_view, 3> known{"turns", "overall", "note"};
  static constexpr std::array<std::string_view, 3> known_of_turn{"exchange_id", "verdict", "note"};
  const auto object = parse_payload(text, known);
  if (!object) return tl::unexpected(object.error());
  const auto list = object->find("turns");
  if (list == object->end() || !list->is_array() || list->empty() || list->size() > turns_max) {
    return wrong("a conversation has 1 to " + std::to_string(turns_max) + " turns",
                 "Talk to the model first.", "/turns");
  }
  ChatPayload payload;
  std::optional<Exchange> before;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const std::string at = "/turns/" + std::to_string(i);
    if (auto checked = check_keys((*list)[i], known_of_turn, at); !checked)
      return tl::unexpected(checked.error());
    const auto id = json_get<std::int64_t>((*list)[i], "exchange_id");
    auto exchange = id && matter.exchange ? matter.exchange(ExchangeId{*id}) : std::nullopt;
    if (!exchange || (before ? !goes_on(*before, *exchange) : exchange->messages.size() != 1)) {
      return wrong("this is not the next turn of the conversation", "Send the turns as they came.",
                   at + "/exchange_id");
    }
    auto verdict = word_at((*list)[i], "verdict", verdicts, at);
    if (!verdict) return tl::unexpected(verdict.error());
    auto note = text_at((*list)[i], "note", *verdict == "good" ? Blank::allowed : Blank::refused, at);
    if (!note) return tl::unexpected(note.error());
    payload.turns.push_back({exchange->id, std::move(*verdict), std::move(*note)});
    before = std::move(exchange);
  }
  auto overall = word_at(*object, "overall", verdicts);
  if (!overall) return tl::unexpected(overall.error());
  payload.overall = std::move(*overall);
  auto note = text_at(*object, "note", Blank::allowed);
  if (!note) return tl::unexpected(note.error());
  payload.note = std::move(*note);
  return payload;
}

Kind chat_kind() { return {.kind = TaskKind::chat, .prompt = PromptIs::brief, .check = check}; }

}  // namespace preceptor::feedback
