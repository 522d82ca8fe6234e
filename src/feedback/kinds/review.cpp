#include "feedback/kinds/review.hpp"

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "feedback/kinds/parts.hpp"
#include "feedback/review.hpp"

namespace preceptor::feedback {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 4> verdicts{"accept", "fix", "return", "reject"};

// A fixed payload replaces the judgment's: it is checked like one, and must say something else.
Result<std::string> fixed_payload(const Json& object, const Subject& subject) {
  const auto given = object.find("payload");
  if (given == object.end() || !given->is_object()) {
    return wrong("the corrected judgment is missing", "Send it as \"payload\", in the form of its kind.",
                 "/payload");
  }
  auto kept = kind_of(subject.kind).check(given->dump(), subject.matter);
  if (!kept) {
    Error error = kept.error();
    error.where = "/payload" + error.where;
    return tl::unexpected(error);
  }
  if (*kept == subject.payload)
    return wrong("the correction changes nothing", "Accept the judgment, or change it.", "/payload");
  return kept;
}

Json to_json(const ReviewPayload& payload, const Subject& subject) {
  Json json{{"judgment_id", payload.judgment.value},
            {"verdict", name_of(payload.verdict)},
            {"comment", payload.comment},
            {"clause", payload.clause}};
  if (payload.verdict == Verdict::fix) {
    json["payload"] = Json::parse(payload.payload);
    json["changes"] = Json::diff(Json::parse(subject.payload), json["payload"]);  // RFC 6902
  }
  return json;
}

Result<std::string> check(std::string_view text, const Matter& matter) {
  return parse_review(text, matter).map([&](const ReviewPayload& payload) {
    return to_json(payload, *matter.subject).dump();
  });
}

}  // namespace

std::string_view name_of(Verdict value) { return verdicts.at(static_cast<std::size_t>(value)); }

Result<ReviewPayload> parse_review(std::string_view text, const Matter& matter) {
  // "changes" is always computed; those that are sent along are not looked at.
  static constexpr std::array<std::string_view, 6> known{"judgment_id", "verdict", "comment",
                                                         "clause",      "payload", "changes"};
  const auto object = parse_payload(text, known);
  if (!object) return tl::unexpected(object.error());
  if (!matter.subject) return wrong("there is no judgment to review", "Get the next task.", "");
  ReviewPayload payload;
  const auto id = json_get<std::int64_t>(*object, "judgment_id");
  if (!id) return tl::unexpected(id.error());
  payload.judgment = JudgmentId{*id};
  if (payload.judgment != matter.subject->judgment) {
    return refuse(ErrorKind::conflict, "this is not the judgment under review: a newer one was sent in",
                  "Load the task again and look at what changed.", "/judgment_id");
  }
  const auto verdict = word_at(*object, "verdict", verdicts);
  if (!verdict) return tl::unexpected(verdict.error());
  payload.verdict = *chosen<Verdict>(verdicts, *verdict);
  const auto wants = [&](Verdict one) { return payload.verdict == one ? Blank::refused : Blank::allowed; };
  auto comment = text_at(*object, "comment", wants(Verdict::send_back));
  if (!comment) return tl::unexpected(comment.error());
  payload.comment = std::move(*comment);
  auto clause = text_at(*object, "clause", wants(Verdict::reject));
  if (!clause) return tl::unexpected(clause.error());
  payload.clause = std::move(*clause);
  if (payload.verdict == Verdict::fix) {
    auto fixed = fixed_payload(*object, *matter.subject);
    if (!fixed) return tl::unexpected(fixed.error());
    payload.payload = std::move(*fixed);
  } else if (const auto given = object->find("payload"); given != object->end() && !given->is_null()) {
    return wrong("only a fix brings a judgment of its own", "Choose fix, or leave it out.", "/payload");
  }
  return payload;
}

Kind review_kind() {
  return {.kind = TaskKind::review,
          .made_by = MadeBy::rules,
          .right = Right::review,
          .check = check,
          .settle = settle_review};
}

}  // namespace preceptor::feedback
