#include "feedback/kinds/rubric.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "feedback/content.hpp"
#include "feedback/kinds/parts.hpp"

namespace preceptor::feedback {
namespace {

using Json = nlohmann::json;

bool knows(const RubricVersion& rubric, const std::string& key) {
  return std::any_of(rubric.criteria.begin(), rubric.criteria.end(),
                     [&](const RubricCriterion& criterion) { return criterion.key == key; });
}

Result<std::map<std::string, bool>> met_at(const Json& object, const RubricVersion& rubric) {
  const auto given = object.find("met");
  if (given == object.end() || !given->is_object())
    return wrong("the criteria are missing", "Send true or false for each criterion.", "/met");
  std::map<std::string, bool> met;
  for (const RubricCriterion& criterion : rubric.criteria) {
    const auto value = json_get<bool>(*given, criterion.key);
    if (!value) {
      return wrong("it is not said whether this is met: " + criterion.label, "Say yes or no.",
                   "/met/" + criterion.key);
    }
    met[criterion.key] = *value;
  }
  for (const auto& [key, value] : given->items()) {
    if (!knows(rubric, key))
      return wrong("the rubric has no criterion \"" + key + "\"", "Reload the task.", "/met/" + key);
  }
  return met;
}

Result<std::map<std::string, std::string>> notes_at(const Json& object, const RubricVersion& rubric) {
  std::map<std::string, std::string> notes;
  const auto given = object.find("notes");
  if (given == object.end() || given->is_null()) return notes;
  if (!given->is_object()) return wrong("notes are an object", "Send one text for a criterion.", "/notes");
  for (const auto& [key, value] : given->items()) {
    if (!knows(rubric, key))
      return wrong("the rubric has no criterion \"" + key + "\"", "Reload the task.", "/notes/" + key);
    auto text = text_at(*given, key, Blank::allowed, "/notes");
    if (!text) return tl::unexpected(text.error());
    if (!is_blank(*text)) notes[key] = std::move(*text);
  }
  return notes;
}

Result<std::string> check(std::string_view text, const Matter& matter) {
  return parse_rubric_payload(text, matter.rubric).map([](const RubricPayload& payload) {
    return Json{{"met", payload.met}, {"notes", payload.notes}, {"score", payload.score}}.dump();
  });
}

// One less the widest difference of two scores.
double agreement(std::span<const std::string> payloads, const Matter& matter) {
  double low = 1, high = 0;
  for (const std::string& text : payloads) {
    const auto parsed = parse_rubric_payload(text, matter.rubric);
    if (!parsed) continue;
    low = std::min(low, parsed->score);
    high = std::max(high, parsed->score);
  }
  return high > low ? 1 - (high - low) : 1;
}

}  // namespace

double rubric_score(std::span<const RubricCriterion> criteria, const std::map<std::string, bool>& met) {
  std::int64_t points = 0, possible = 0;
  for (const RubricCriterion& criterion : criteria) {
    const auto found = met.find(criterion.key);
    if (found != met.end() && found->second) points += criterion.weight;
    possible += std::max<std::int64_t>(criterion.weight, 0);
  }
  if (possible == 0) return 0;
  return std::clamp(static_cast<double>(points) / static_cast<double>(possible), 0.0, 1.0);
}

Result<RubricPayload> parse_rubric_payload(std::string_view text, const RubricVersion& rubric) {
  // "score" is always computed; one that is sent along is not looked at.
  static constexpr std::array<std::string_view, 3> known{"met", "notes", "score"};
  const auto object = parse_payload(text, known);
  if (!object) return tl::unexpected(object.error());
  if (rubric.criteria.empty())
    return wrong("the rubric of this task has no criteria", "Skip it and tell a lead.", "");
  auto met = met_at(*object, rubric);
  if (!met) return tl::unexpected(met.error());
  auto notes = notes_at(*object, rubric);
  if (!notes) return tl::unexpected(notes.error());
  const double score = rubric_score(rubric.criteria, *met);
  return RubricPayload{std::move(*met), std::move(*notes), score};
}

Kind rubric_kind() {
  return {.kind = TaskKind::rubric,
          .responses_min = 1,
          .responses_max = 1,
          .overlap = 2,
          .check = check,
          .agreement = agreement};
}

}  // namespace preceptor::feedback
