#include "feedback/kinds/write.hpp"

#include <nlohmann/json.hpp>

#include "feedback/kinds/parts.hpp"

namespace preceptor::feedback {
namespace {

Result<std::string> check(std::string_view payload, const Matter&) {
  return parse_write(payload).map([](const WritePayload& parsed) {
    return nlohmann::json{{"text", parsed.text}, {"note", parsed.note}}.dump();
  });
}

}  // namespace

Result<WritePayload> parse_write(std::string_view text) {
  static constexpr std::array<std::string_view, 2> known{"text", "note"};
  const auto object = parse_payload(text, known);
  if (!object) return tl::unexpected(object.error());
  auto answer = text_at(*object, "text", Blank::refused);
  if (!answer) return tl::unexpected(answer.error());
  auto note = text_at(*object, "note", Blank::allowed);
  if (!note) return tl::unexpected(note.error());
  return WritePayload{std::move(*answer), std::move(*note)};
}

Kind write_kind() { return {.kind = TaskKind::write, .check = check}; }

}  // namespace preceptor::feedback
