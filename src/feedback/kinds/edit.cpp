#include "feedback/kinds/edit.hpp"

#include <nlohmann/json.hpp>

#include "feedback/kinds/parts.hpp"
#include "feedback/kinds/word_diff.hpp"

namespace preceptor::feedback {
namespace {

using Json = nlohmann::json;

std::string original(const Matter& matter) {
  if (matter.responses.empty() || !matter.text_of) return {};
  return matter.text_of(matter.responses.front()).value_or("");
}

Result<std::string> check(std::string_view text, const Matter& matter) {
  return parse_edit(text, matter).map([&](const EditPayload& payload) {
    Json diff = Json::array();
    for (const DiffPart& part : word_diff(original(matter), payload.text)) {
      diff.push_back(Json::array({std::string(1, part.sign), part.text}));
    }
    return Json{
        {"text", payload.text}, {"good_as_is", payload.good_as_is}, {"note", payload.note}, {"diff", diff}}
        .dump();
  });
}

}  // namespace

Result<EditPayload> parse_edit(std::string_view text, const Matter& matter) {
  // "diff" is always computed; one that is sent along is not looked at.
  static constexpr std::array<std::string_view, 4> known{"text", "good_as_is", "note", "diff"};
  const auto object = parse_payload(text, known);
  if (!object) return tl::unexpected(object.error());
  const auto good = truth_at(*object, "good_as_is");
  if (!good) return tl::unexpected(good.error());
  auto edited = text_at(*object, "text", *good ? Blank::allowed : Blank::refused);
  if (!edited) return tl::unexpected(edited.error());
  auto note = text_at(*object, "note", Blank::allowed);
  if (!note) return tl::unexpected(note.error());
  const std::string before = original(matter);
  if (*good && edited->empty()) *edited = before;
  if (*good != (*edited == before)) {
    return *good ? wrong("the text was changed, and is said to be good as it is", "Take one of the two back.",
                         "/good_as_is")
                 : wrong("nothing was changed", "Change what is wrong, or say that it is good as it is.",
                         "/text");
  }
  return EditPayload{std::move(*edited), *good, std::move(*note)};
}

Kind edit_kind() { return {.kind = TaskKind::edit, .responses_min = 1, .responses_max = 1, .check = check}; }

}  // namespace preceptor::feedback
