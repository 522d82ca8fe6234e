#include "feedback/kinds/appeal.hpp"

#include <nlohmann/json.hpp>

#include "feedback/kinds/parts.hpp"
#include "feedback/review.hpp"

namespace preceptor::feedback {
namespace {

constexpr std::array<std::string_view, 2> decisions{"upheld", "overturned"};

Result<std::string> check(std::string_view text, const Matter&) {
  return parse_appeal(text).map([](const AppealPayload& payload) {
    return nlohmann::json{{"decision", decisions.at(payload.overturned ? 1 : 0)}, {"reason", payload.reason}}
        .dump();
  });
}

}  // namespace

Result<AppealPayload> parse_appeal(std::string_view text) {
  static constexpr std::array<std::string_view, 2> known{"decision", "reason"};
  const auto object = parse_payload(text, known);
  if (!object) return tl::unexpected(object.error());
  const auto decision = word_at(*object, "decision", decisions);
  if (!decision) return tl::unexpected(decision.error());
  auto reason = text_at(*object, "reason", Blank::refused);
  if (!reason) return tl::unexpected(reason.error());
  return AppealPayload{*decision == "overturned", std::move(*reason)};
}

Kind appeal_kind() {
  return {.kind = TaskKind::appeal,
          .made_by = MadeBy::rules,
          .right = Right::review,
          .check = check,
          .settle = settle_appeal};
}

}  // namespace preceptor::feedback
