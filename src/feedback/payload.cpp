#include "feedback/payload.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "base/json.hpp"
#include "feedback/content.hpp"
#include "feedback/text_rules.hpp"

namespace preceptor::feedback {
namespace {

using Json = nlohmann::json;

constexpr std::size_t payload_bytes_max = 262144;
constexpr std::array<std::string_view, 7> flags{"factual_error",  "unclear",      "unsafe", "off_topic",
                                                "wrong_language", "private_data", "spam"};
constexpr std::array<std::string_view, 3> outcomes{"better", "tie", "both_bad"};
constexpr std::array<std::string_view, 3> strengths{"slightly", "clearly", "much"};

tl::unexpected<Error> wrong(std::string message, std::string hint, std::string where) {
  return refuse(ErrorKind::invalid, std::move(message), std::move(hint), std::move(where));
}

// A choice of words for people: "better, tie, both_bad".
template <class Names>
std::string listed(const Names& names) {
  std::string text;
  for (std::string_view name : names) {
    if (!text.empty()) text += ", ";
    text += name;
  }
  return text;
}

Result<Json> parse_object(std::string_view text, std::span<const std::string_view> known) {
  if (text.size() > payload_bytes_max) {
    return refuse(ErrorKind::too_large,
                  "the judgment is larger than " + std::to_string(payload_bytes_max) + " bytes",
                  "Shorten its texts.");
  }
  auto parsed = parse_json(text);
  if (!parsed) return parsed;
  if (!parsed->is_object()) return wrong("a judgment is a JSON object", "Send an object.", "");
  for (const auto& [key, value] : parsed->items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      return wrong("\"" + key + "\" is no part of this kind of judgment",
                   "Its parts are: " + listed(known) + ".", "/" + key);
    }
  }
  return parsed;
}

Result<std::string> text_at(const Json& object, std::string_view key, Blank blank) {
  auto text = json_find<std::string>(object, key);
  if (!text) return tl::unexpected(text.error());
  const std::string value = text->value_or("");
  if (auto checked = check_text(value, text_bytes_max, blank, "/" + std::string(key)); !checked) {
    return tl::unexpected(checked.error());
  }
  return value;
}

bool holds(std::span<const ResponseId> responses, ResponseId id) {
  return std::find(responses.begin(), responses.end(), id) != responses.end();
}

Result<std::vector<Flag>> flags_at(const Json& object, std::span<const ResponseId> responses) {
  std::vector<Flag> result;
  const auto list = object.find("flags");
  if (list == object.end() || list->is_null()) return result;
  if (!list->is_array()) return wrong("flags are a list", "Send [] when there are none.", "/flags");
  std::set<std::pair<std::int64_t, std::string>> seen;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const std::string where = "/flags/" + std::to_string(i);
    const auto id = json_get<std::int64_t>((*list)[i], "response_id");
    if (!id) return wrong(id.error().message, id.error().hint, where + id.error().where);
    const auto flag = json_get<std::string>((*list)[i], "flag");
    if (!flag) return wrong(flag.error().message, flag.error().hint, where + flag.error().where);
    if (!holds(responses, ResponseId{*id})) {
      return wrong("response " + std::to_string(*id) + " is not part of this task",
                   "Flag one that was shown.", where + "/response_id");
    }
    if (std::find(flags.begin(), flags.end(), *flag) == flags.end()) {
      return wrong("there is no flag of that name", "Use one of: " + listed(flags) + ".", where + "/flag");
    }
    if (seen.emplace(*id, *flag).second) result.push_back({ResponseId{*id}, *flag});
  }
  std::sort(result.begin(), result.end(), [](const Flag& a, const Flag& b) {
    return std::pair(a.response, a.flag) < std::pair(b.response, b.flag);
  });
  return result;
}

template <class Enum, std::size_t n>
std::optional<Enum> chosen(const std::array<std::string_view, n>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

Json to_json(const std::vector<Flag>& list) {
  Json json = Json::array();
  for (const Flag& flag : list) json.push_back({{"response_id", flag.response.value}, {"flag", flag.flag}});
  return json;
}

Json to_json(const ComparePayload& payload) {
  return {{"outcome", name_of(payload.outcome)},
          {"better", payload.better ? Json(payload.better.value) : Json(nullptr)},
          {"strength", payload.strength ? Json(name_of(*payload.strength)) : Json(nullptr)},
          {"reason", payload.reason},
          {"flags", to_json(payload.flags)}};
}

Json to_json(const RatePayload& payload) {
  return {{"scores", payload.scores}, {"reasons", payload.reasons}, {"flags", to_json(payload.flags)}};
}

Json to_json(const WritePayload& payload) { return {{"text", payload.text}, {"note", payload.note}}; }

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

}  // namespace

std::string_view name_of(Outcome value) { return outcomes.at(static_cast<std::size_t>(value)); }
std::string_view name_of(Strength value) { return strengths.at(static_cast<std::size_t>(value)); }
std::span<const std::string_view> flag_names() { return flags; }

Result<ComparePayload> parse_compare(std::string_view text, std::span<const ResponseId> responses) {
  static constexpr std::array<std::string_view, 5> known{"outcome", "better", "strength", "reason", "flags"};
  const auto object = parse_object(text, known);
  if (!object) return tl::unexpected(object.error());
  ComparePayload payload;
  const auto outcome = json_get<std::string>(*object, "outcome");
  const auto outcome_value = outcome ? chosen<Outcome>(outcomes, *outcome) : std::nullopt;
  if (!outcome_value)
    return wrong("the choice is missing", "Use one of: " + listed(outcomes) + ".", "/outcome");
  payload.outcome = *outcome_value;
  const auto better = json_find<std::int64_t>(*object, "better");
  if (!better) return tl::unexpected(better.error());
  const auto strength = json_find<std::string>(*object, "strength");
  if (!strength) return tl::unexpected(strength.error());
  if (payload.outcome == Outcome::better) {
    if (!better->has_value() || !holds(responses, ResponseId{**better})) {
      return wrong("the better response is not one of this task", "Name the id of one that was shown.",
                   "/better");
    }
    payload.better = ResponseId{**better};
    payload.strength = *strength ? chosen<Strength>(strengths, **strength) : std::nullopt;
    if (!payload.strength) {
      return wrong("how much better is missing", "Use one of: " + listed(strengths) + ".", "/strength");
    }
  } else if (better->has_value() || strength->has_value()) {
    return wrong("a " + *outcome + " names no better response and no strength", "Leave both empty.",
                 better->has_value() ? "/better" : "/strength");
  }
  auto reason = text_at(*object, "reason", Blank::allowed);
  if (!reason) return tl::unexpected(reason.error());
  payload.reason = std::move(*reason);
  auto found = flags_at(*object, responses);
  if (!found) return tl::unexpected(found.error());
  payload.flags = std::move(*found);
  return payload;
}

Result<RatePayload> parse_rate(std::string_view text, const RubricVersion& rubric,
                               std::span<const ResponseId> responses) {
  static constexpr std::array<std::string_view, 3> known{"scores", "reasons", "flags"};
  const auto object = parse_object(text, known);
  if (!object) return tl::unexpected(object.error());
  auto scores = scores_at(*object, rubric);
  if (!scores) return tl::unexpected(scores.error());
  auto reasons = reasons_at(*object, rubric, *scores);
  if (!reasons) return tl::unexpected(reasons.error());
  auto found = flags_at(*object, responses);
  if (!found) return tl::unexpected(found.error());
  return RatePayload{std::move(*scores), std::move(*reasons), std::move(*found)};
}

Result<WritePayload> parse_write(std::string_view text) {
  static constexpr std::array<std::string_view, 2> known{"text", "note"};
  const auto object = parse_object(text, known);
  if (!object) return tl::unexpected(object.error());
  auto answer = text_at(*object, "text", Blank::refused);
  if (!answer) return tl::unexpected(answer.error());
  auto note = text_at(*object, "note", Blank::allowed);
  if (!note) return tl::unexpected(note.error());
  return WritePayload{std::move(*answer), std::move(*note)};
}

Result<std::string> check_payload(TaskKind kind, std::string_view payload, const RubricVersion& rubric,
                                  std::span<const ResponseId> responses) {
  const auto kept = [](const auto& parsed) { return to_json(parsed).dump(); };
  switch (kind) {
    case TaskKind::compare: return parse_compare(payload, responses).map(kept);
    case TaskKind::rate: return parse_rate(payload, rubric, responses).map(kept);
    case TaskKind::write: return parse_write(payload).map(kept);
  }
  return refuse(ErrorKind::unsupported, "this kind of task is not known");
}

Result<void> check_draft(std::string_view payload) {
  if (payload.size() > payload_bytes_max) {
    return refuse(ErrorKind::too_large,
                  "the draft is larger than " + std::to_string(payload_bytes_max) + " bytes",
                  "Shorten its texts.");
  }
  const auto parsed = parse_json(payload);
  if (!parsed) return tl::unexpected(parsed.error());
  if (!parsed->is_object()) return wrong("a draft is a JSON object", "Send an object.", "");
  return {};
}

}  // namespace preceptor::feedback
