#include "feedback/kinds/rate.hpp"

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "feedback/content.hpp"

namespace preceptor::feedback {
namespace {

using Json = nlohmann::json;

Result<std::map<std::string, std::int64_t>> scores_at(const Json& object, const RubricVersion& rubric) {
  const auto given = object.find("scores");
  if (given == object.end() || !given->is_object()) {
    return wrong("the scores are missing", "Send one whole number for each dimension.", "/scores");
  }
  std::map<std::string, std::int64_t> scores;
  for (const RubricDimension& dimension : rubric.dimensions) {
    auto score = json_get<std::int64_t>(*given, dimension.key);
    if (!score) {
      return wrong("the score for " + dimension.label + " is missing or no whole number",
                   "Choose a point from " + std::to_string(dimension.scale_min) + " to " +
                       std::to_string(dimension.scale_max) + ".",
                   "/scores/" + dimension.key);
    }
    if (*score < dimension.scale_min || *score > dimension.scale_max) {
      return wrong("the score for " + dimension.label + " is off its scale",
                   "Choose a point from " + std::to_string(dimension.scale_min) + " to " +
                       std::to_string(dimension.scale_max) + ".",
                   "/scores/" + dimension.key);
    }
    scores[dimension.key] = *score;
  }
  for (const auto& [key, value] : given->items()) {
    if (!scores.contains(key)) {
      return wrong("the rubric has no dimension \"" + key + "\"", "Reload the task.", "/scores/" + key);
    }
  }
  return scores;
}

Result<std::map<std::string, std::string>> reasons_at(const Json& object, const RubricVersion& rubric,
                                                      const std::map<std::string, std::int64_t>& scores) {
  std::map<std::string, std::string> reasons;
  const auto given = object.find("reasons");
  if (given != object.end() && !given->is_null()) {
    if (!given->is_object())
      return wrong("reasons are an object", "Send one text for a dimension.", "/reasons");
    for (const auto& [key, value] : given->items()) {
      const std::string where = "/reasons/" + key;
      if (!scores.contains(key)) return wrong("the rubric has no such dimension", "Reload the task.", where);
      if (!value.is_string()) return wrong("a reason is a text", "", where);
      const auto text = value.get<std::string>();
      if (auto checked = check_text(text, text_bytes_max, Blank::allowed, where); !checked) {
        return tl::unexpected(checked.error());
      }
      if (!is_blank(text)) reasons[key] = text;
    }
  }
  for (const RubricDimension& dimension : rubric.dimensions) {
    const auto& below = dimension.reason_required_below;
    if (below && scores.at(dimension.key) < *below && !reasons.contains(dimension.key)) {
      return wrong("a score this low for " + dimension.label + " needs a reason",
                   "Say in a sentence what is wrong.", "/reasons/" + dimension.key);
    }
  }
  return reasons;
}

// One less the widest spread of a dimension, as a share of its scale.
double agreement(std::span<const std::string> payloads, const Matter& matter) {
  double least = 1;
  for (const RubricDimension& dimension : matter.rubric.dimensions) {
    std::int64_t low = dimension.scale_max, high = dimension.scale_min;
    for (const std::string& text : payloads) {
      const auto parsed = parse_rate(text, matter.rubric, matter.responses);
      if (!parsed) continue;
      low = std::min(low, parsed->scores.at(dimension.key));
      high = std::max(high, parsed->scores.at(dimension.key));
    }
    if (high > low) {
      least = std::min(least, 1 - static_cast<double>(high - low) /
                                      static_cast<double>(dimension.scale_max - dimension.scale_min));
    }
  }
  return least;
}

Result<std::string> check(std::string_view payload, const Matter& matter) {
  return parse_rate(payload, matter.rubric, matter.responses).map([](const RatePayload& parsed) {
    return Json{{"scores", parsed.scores}, {"reasons", parsed.reasons}, {"flags", to_json(parsed.flags)}}
        .dump();
  });
}

}  // namespace

Result<RatePayload> parse_rate(std::string_view text, const RubricVersion& rubric,
                               std::span<const ResponseId> responses) {
  static constexpr std::array<std::string_view, 3> known{"scores", "reasons", "flags"};
  const auto object = parse_payload(text, known);
  if (!object) return tl::unexpected(object.error());
  auto scores = scores_at(*object, rubric);
  if (!scores) return tl::unexpected(scores.error());
  auto reasons = reasons_at(*object, rubric, *scores);
  if (!reasons) return tl::unexpected(reasons.error());
  auto found = flags_at(*object, responses);
  if (!found) return tl::unexpected(found.error());
  return RatePayload{std::move(*scores), std::move(*reasons), std::move(*found)};
}

Kind rate_kind() {
  return {.kind = TaskKind::rate,
          .responses_min = 1,
          .responses_max = 1,
          .overlap = 2,
          .check = check,
          .agreement = agreement};
}

}  // namespace preceptor::feedback
