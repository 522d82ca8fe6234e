#include "feedback/kinds/rewrite.hpp"

#include <nlohmann/json.hpp>

#include "feedback/dispatch.hpp"
#include "feedback/kinds/parts.hpp"

namespace preceptor::feedback {
namespace {

constexpr std::array<std::string_view, 3> approaches{"refusal", "safe_answer", "redirect"};

std::span<const std::string_view> hazards() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> list(hazard_names().begin(), hazard_names().end());
    list.push_back("other");
    return list;
  }();
  return names;
}

Result<std::string> check(std::string_view text, const Matter& matter) {
  return parse_rewrite(text, matter).map([](const RewritePayload& payload) {
    return nlohmann::json{{"text", payload.text},
                          {"approach", payload.approach},
                          {"hazard", payload.hazard},
                          {"note", payload.note}}
        .dump();
  });
}

}  // namespace

Result<RewritePayload> parse_rewrite(std::string_view text, const Matter& matter) {
  static constexpr std::array<std::string_view, 4> known{"text", "approach", "hazard", "note"};
  const auto object = parse_payload(text, known);
  if (!object) return tl::unexpected(object.error());
  auto rewritten = text_at(*object, "text", Blank::refused);
  if (!rewritten) return tl::unexpected(rewritten.error());
  auto approach = word_at(*object, "approach", approaches);
  if (!approach) return tl::unexpected(approach.error());
  auto hazard = word_at(*object, "hazard", hazards());
  if (!hazard) return tl::unexpected(hazard.error());
  auto note = text_at(*object, "note", Blank::allowed);
  if (!note) return tl::unexpected(note.error());
  const auto original =
      matter.text_of && !matter.responses.empty() ? matter.text_of(matter.responses.front()) : std::nullopt;
  if (original && *original == *rewritten)
    return wrong("nothing was changed", "Skip the task when the answer is safe, and say so.", "/text");
  return RewritePayload{std::move(*rewritten), std::move(*approach), std::move(*hazard), std::move(*note)};
}

Kind rewrite_kind() {
  return {.kind = TaskKind::rewrite, .responses_min = 1, .responses_max = 1, .check = check};
}

}  // namespace preceptor::feedback
