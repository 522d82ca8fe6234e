#include "feedback/kinds/compare.hpp"

#include <nlohmann/json.hpp>
#include <set>

#include "base/json.hpp"

namespace preceptor::feedback {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 3> outcomes{"better", "tie", "both_bad"};
constexpr std::array<std::string_view, 3> strengths{"slightly", "clearly", "much"};

// Keys that say nothing are left out, so that what was kept before there were such keys is kept as it was.
Json to_json(const ComparePayload& payload) {
  Json json{{"outcome", name_of(payload.outcome)},
            {"better", payload.better ? Json(payload.better.value) : Json(nullptr)},
            {"strength", payload.strength ? Json(name_of(*payload.strength)) : Json(nullptr)},
            {"reason", payload.reason},
            {"flags", to_json(payload.flags)}};
  for (const auto& [key, better] : payload.dimensions) {
    json["dimensions"][key] = better ? Json(better.value) : Json(nullptr);
  }
  for (const auto& tier : payload.ranking) {
    Json ids = Json::array();
    for (ResponseId id : tier) ids.push_back(id.value);
    json["ranking"].push_back(ids);
  }
  return json;
}

Result<void> read_choice(const Json& object, std::span<const ResponseId> responses, ComparePayload& payload) {
  const auto outcome = json_get<std::string>(object, "outcome");
  const auto outcome_value = outcome ? chosen<Outcome>(outcomes, *outcome) : std::nullopt;
  if (!outcome_value)
    return wrong("the choice is missing", "Use one of: " + listed(outcomes) + ".", "/outcome");
  payload.outcome = *outcome_value;
  const auto better = json_find<std::int64_t>(object, "better");
  if (!better) return tl::unexpected(better.error());
  const auto strength = json_find<std::string>(object, "strength");
  if (!strength) return tl::unexpected(strength.error());
  if (payload.outcome != Outcome::better) {
    if (!better->has_value() && !strength->has_value()) return {};
    return wrong("a " + *outcome + " names no better response and no strength", "Leave both empty.",
                 better->has_value() ? "/better" : "/strength");
  }
  if (!better->has_value() || !holds(responses, ResponseId{**better})) {
    return wrong("the better response is not one of this task", "Name the id of one that was shown.",
                 "/better");
  }
  payload.better = ResponseId{**better};
  payload.strength = *strength ? chosen<Strength>(strengths, **strength) : std::nullopt;
  if (payload.strength) return {};
  return wrong("how much better is missing", "Use one of: " + listed(strengths) + ".", "/strength");
}

Result<void> read_dimensions(const Json& object, std::span<const ResponseId> responses,
                             const RubricVersion* rubric, ComparePayload& payload) {
  const auto given = object.find("dimensions");
  if (given == object.end() || given->is_null()) return {};
  if (!given->is_object()) {
    return wrong("the dimensions are an object", "Send a response's id, or null, by dimension.",
                 "/dimensions");
  }
  for (const auto& [key, value] : given->items()) {
    const std::string where = "/dimensions/" + key;
    const auto named = [&, &key = key](const RubricDimension& dimension) { return dimension.key == key; };
    if (rubric && std::none_of(rubric->dimensions.begin(), rubric->dimensions.end(), named)) {
      return wrong("the rubric has no dimension \"" + key + "\"", "Reload the task.", where);
    }
    ResponseId& better = payload.dimensions[key];
    if (value.is_null()) continue;
    const auto id = json_get<std::int64_t>(*given, key);
    if (!id || !holds(responses, ResponseId{*id})) {
      return wrong("this is no response of the task", "Name one that was shown, or null when they are even.",
                   where);
    }
    better = ResponseId{*id};
  }
  return {};
}

Result<std::vector<ResponseId>> tier_at(const Json& given, std::span<const ResponseId> responses,
                                        std::set<ResponseId>& seen, const std::string& where) {
  std::vector<ResponseId> tier;
  if (!given.is_array() || given.empty()) {
    return wrong("a place of the ranking is a list of responses", "Send [[best], [next, as good], …].",
                 where);
  }
  for (const Json& value : given) {
    if (!value.is_number_integer() || !holds(responses, ResponseId{value.get<std::int64_t>()})) {
      return wrong("this is no response of the task", "Rank those that were shown.", where);
    }
    tier.push_back(ResponseId{value.get<std::int64_t>()});
    if (!seen.insert(tier.back()).second) {
      return wrong("a response stands in the ranking twice", "Give each one place.", where);
    }
  }
  std::sort(tier.begin(), tier.end());
  return tier;
}

Result<void> read_ranking(const Json& object, std::span<const ResponseId> responses,
                          ComparePayload& payload) {
  const auto given = object.find("ranking");
  if (given == object.end() || given->is_null()) return {};
  if (!given->is_array())
    return wrong("a ranking is a list", "Send [[best], [next, as good], …].", "/ranking");
  std::set<ResponseId> seen;
  for (std::size_t i = 0; i < given->size(); ++i) {
    auto tier = tier_at((*given)[i], responses, seen, "/ranking/" + std::to_string(i));
    if (!tier) return tl::unexpected(tier.error());
    payload.ranking.push_back(std::move(*tier));
  }
  if (payload.ranking.empty()) return {};
  if (seen.size() != responses.size())
    return wrong("the ranking leaves responses out", "Give each one a place.", "/ranking");
  const auto& best = payload.ranking.front();
  const bool agrees = payload.outcome == Outcome::both_bad ||
                      (payload.outcome == Outcome::tie && best.size() > 1) ||
                      (payload.outcome == Outcome::better && best == std::vector{payload.better});
  if (agrees) return {};
  return wrong("the ranking and the overall choice contradict each other",
               "The first place holds the better response alone, or the tied ones.", "/ranking");
}

// The share of pairs of judgments that say the same.
double agreement(std::span<const std::string> payloads, const Matter& matter) {
  std::vector<std::pair<Outcome, ResponseId>> answers;
  for (const std::string& text : payloads) {
    if (const auto parsed = parse_compare(text, matter.responses))
      answers.emplace_back(parsed->outcome, parsed->better);
  }
  double same = 0, pairs = 0;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      pairs += 1;
      same += answers[i] == answers[j] ? 1 : 0;
    }
  }
  return pairs == 0 ? 1 : same / pairs;
}

Result<std::string> check(std::string_view payload, const Matter& matter) {
  return parse_compare(payload, matter.responses, &matter.rubric).map([](const ComparePayload& parsed) {
    return to_json(parsed).dump();
  });
}

}  // namespace

std::string_view name_of(Outcome value) { return outcomes.at(static_cast<std::size_t>(value)); }
std::string_view name_of(Strength value) { return strengths.at(static_cast<std::size_t>(value)); }

Result<ComparePayload> parse_compare(std::string_view text, std::span<const ResponseId> responses,
                                     const RubricVersion* rubric) {
  static constexpr std::array<std::string_view, 7> known{"outcome", "better",     "strength", "reason",
                                                         "flags",   "dimensions", "ranking"};
  const auto object = parse_payload(text, known);
  if (!object) return tl::unexpected(object.error());
  ComparePayload payload;
  if (auto read = read_choice(*object, responses, payload); !read) return tl::unexpected(read.error());
  if (auto read = read_dimensions(*object, responses, rubric, payload); !read)
    return tl::unexpected(read.error());
  if (auto read = read_ranking(*object, responses, payload); !read) return tl::unexpected(read.error());
  auto reason = text_at(*object, "reason", Blank::allowed);
  if (!reason) return tl::unexpected(reason.error());
  payload.reason = std::move(*reason);
  auto found = flags_at(*object, responses);
  if (!found) return tl::unexpected(found.error());
  payload.flags = std::move(*found);
  return payload;
}

std::vector<PairChoice> pair_choices(const ComparePayload& payload, std::span<const ResponseId> responses) {
  const auto place_of = [&](ResponseId id) {
    for (std::size_t place = 0; place < payload.ranking.size(); ++place) {
      const auto& tier = payload.ranking[place];
      if (std::find(tier.begin(), tier.end(), id) != tier.end()) return place;
    }
    return id == payload.better ? std::size_t{0} : std::size_t{1};
  };
  std::vector<PairChoice> pairs;
  for (std::size_t i = 0; i < responses.size(); ++i) {
    for (std::size_t j = i + 1; j < responses.size(); ++j) {
      const std::size_t first = place_of(responses[i]), second = place_of(responses[j]);
      const bool even = first == second;
      // Of two that were both not chosen, an overall choice says nothing.
      if (even && payload.ranking.empty() && payload.outcome == Outcome::better) continue;
      pairs.push_back(
          {responses[i], responses[j], even ? ResponseId{} : (first < second ? responses[i] : responses[j])});
    }
  }
  return pairs;
}

Kind compare_kind() {
  return {.kind = TaskKind::compare,
          .responses_min = 2,
          .responses_max = compared_max,
          .overlap = 3,
          .check = check,
          .agreement = agreement};
}

}  // namespace preceptor::feedback
