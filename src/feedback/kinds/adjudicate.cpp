#include "feedback/kinds/adjudicate.hpp"

#include <nlohmann/json.hpp>

#include "feedback/kinds/parts.hpp"

namespace preceptor::feedback {
namespace {

using Json = nlohmann::json;

Result<std::string> check(std::string_view text, const Matter& matter) {
  return parse_adjudicate(text, matter).map([](const AdjudicatePayload& payload) {
    return Json{{"payload", Json::parse(payload.payload)}, {"reason", payload.reason}}.dump();
  });
}

}  // namespace

Result<AdjudicatePayload> parse_adjudicate(std::string_view text, const Matter& matter) {
  static constexpr std::array<std::string_view, 2> known{"payload", "reason"};
  const auto object = parse_payload(text, known);
  if (!object) return tl::unexpected(object.error());
  const auto given = object->find("payload");
  if (!matter.subject || given == object->end() || !given->is_object()) {
    return wrong("the judgment that is to stand is missing", "Send it in the form of the task's kind.",
                 "/payload");
  }
  auto kept = kind_of(matter.subject->kind).check(given->dump(), matter.subject->matter);
  if (!kept) {
    Error error = kept.error();
    error.where = "/payload" + error.where;
    return tl::unexpected(error);
  }
  auto reason = text_at(*object, "reason", Blank::refused);
  if (!reason) return tl::unexpected(reason.error());
  return AdjudicatePayload{std::move(*kept), std::move(*reason)};
}

Kind adjudicate_kind() {
  return {.kind = TaskKind::adjudicate, .made_by = MadeBy::rules, .right = Right::review, .check = check};
}

}  // namespace preceptor::feedback
