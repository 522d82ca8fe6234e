#include "feedback/kinds/fact_check.hpp"

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "feedback/follow_up.hpp"
#include "feedback/kinds/code_points.hpp"
#include "feedback/kinds/parts.hpp"
#include "feedback/matter.hpp"

namespace preceptor::feedback {
namespace {

using Json = nlohmann::json;

constexpr std::size_t claims_max = 200;
constexpr std::size_t evidence_max = 20;
constexpr std::array<std::string_view, 4> verdicts{"supported", "not_supported", "irrelevant", "unsettled"};

Result<void> read_place(const Json& json, const Matter& matter, const std::string& at, Claimed& claim) {
  const auto start = json_find<std::int64_t>(json, "start");
  const auto end = json_find<std::int64_t>(json, "end");
  if (!start || !end) return wrong("a place is a whole number", "Count code points.", at + "/start");
  claim.start = start->value_or(0);
  claim.end = end->value_or(0);
  if (claim.start == 0 && claim.end == 0) return {};
  const auto text = matter.text_of ? matter.text_of(matter.responses.front()) : std::nullopt;
  if (code_point_slice(text.value_or(""), claim.start, claim.end)) return {};
  return wrong("these places are outside of the response", "Leave them out when it stands nowhere literally.",
               at + "/start");
}

Result<void> read_evidence(const Json& json, const Matter& matter, const std::string& at, Claimed& claim) {
  const auto list = json.find("evidence");
  if (list == json.end() || list->is_null()) return {};
  if (!list->is_array() || list->size() > evidence_max) {
    return wrong("evidence is a list of at most " + std::to_string(evidence_max), "Send [] for none.",
                 at + "/evidence");
  }
  static constexpr std::array<std::string_view, 2> known{"source_id", "quote"};
  for (std::size_t i = 0; i < list->size(); ++i) {
    const std::string where = at + "/evidence/" + std::to_string(i);
    if (auto checked = check_keys((*list)[i], known, where); !checked) return checked;
    const auto source = json_get<std::int64_t>((*list)[i], "source_id");
    if (!source || !matter.has_source || !matter.has_source(SourceId{*source})) {
      return wrong("this is no source of the project", "Add it to the library first.", where + "/source_id");
    }
    auto quote = text_at((*list)[i], "quote", Blank::allowed, where);
    if (!quote) return tl::unexpected(quote.error());
    claim.evidence.push_back({SourceId{*source}, std::move(*quote)});
  }
  return {};
}

Result<void> read_citation(const Json& json, const std::string& at, Claimed& claim) {
  const auto given = json.find("citation");
  if (given == json.end() || given->is_null()) return {};
  const std::string where = at + "/citation";
  static constexpr std::array<std::string_view, 3> known{"cited", "exists", "says_so"};
  if (auto checked = check_keys(*given, known, where); !checked) return checked;
  auto cited = text_at(*given, "cited", Blank::refused, where);
  if (!cited) return tl::unexpected(cited.error());
  const auto exists = truth_at(*given, "exists", where);
  if (!exists) return tl::unexpected(exists.error());
  const auto says_so = truth_at(*given, "says_so", where);
  if (!says_so) return tl::unexpected(says_so.error());
  if (*says_so && !*exists)
    return wrong("what does not exist says nothing", "Correct one of the two.", where + "/says_so");
  claim.citation = Claimed::Citation{std::move(*cited), *exists, *says_so};
  return {};
}

Result<Claimed> claim_from(const Json& json, const Matter& matter, const std::string& at) {
  static constexpr std::array<std::string_view, 7> known{"text",     "start",    "end", "verdict",
                                                         "evidence", "citation", "note"};
  if (auto checked = check_keys(json, known, at); !checked) return tl::unexpected(checked.error());
  Claimed claim;
  auto text = text_at(json, "text", Blank::refused, at);
  if (!text) return tl::unexpected(text.error());
  claim.text = std::move(*text);
  if (auto read = read_place(json, matter, at, claim); !read) return tl::unexpected(read.error());
  auto verdict = word_at(json, "verdict", verdicts, at);
  if (!verdict) return tl::unexpected(verdict.error());
  claim.verdict = std::move(*verdict);
  if (auto read = read_evidence(json, matter, at, claim); !read) return tl::unexpected(read.error());
  if (claim.verdict == "supported" && claim.evidence.empty())
    return wrong("a supported claim names its source", "Choose one from the library.", at + "/evidence");
  if (auto read = read_citation(json, at, claim); !read) return tl::unexpected(read.error());
  auto note = text_at(json, "note", Blank::allowed, at);
  if (!note) return tl::unexpected(note.error());
  claim.note = std::move(*note);
  return claim;
}

Json to_json(const Claimed& claim) {
  Json evidence = Json::array();
  for (const auto& proof : claim.evidence)
    evidence.push_back({{"source_id", proof.source.value}, {"quote", proof.quote}});
  Json json{{"text", claim.text},   {"start", claim.start}, {"end", claim.end},  {"verdict", claim.verdict},
            {"evidence", evidence}, {"citation", nullptr},  {"note", claim.note}};
  if (const auto& citation = claim.citation) {
    json["citation"] = {
        {"cited", citation->cited}, {"exists", citation->exists}, {"says_so", citation->says_so}};
  }
  return json;
}

Result<std::string> check(std::string_view text, const Matter& matter) {
  return parse_fact_check(text, matter).map([](const FactCheckPayload& payload) {
    Json claims = Json::array();
    for (const Claimed& claim : payload.claims) claims.push_back(to_json(claim));
    return Json{{"claims", claims}, {"note", payload.note}}.dump();
  });
}

}  // namespace

Result<FactCheckPayload> parse_fact_check(std::string_view text, const Matter& matter) {
  static constexpr std::array<std::string_view, 2> known{"claims", "note"};
  const auto object = parse_payload(text, known);
  if (!object) return tl::unexpected(object.error());
  const auto list = object->find("claims");
  if (list == object->end() || !list->is_array() || list->size() > claims_max) {
    return wrong("the claims are a list of at most " + std::to_string(claims_max),
                 "Send [] when the response claims nothing.", "/claims");
  }
  FactCheckPayload payload;
  for (std::size_t i = 0; i < list->size(); ++i) {
    auto claim = claim_from((*list)[i], matter, "/claims/" + std::to_string(i));
    if (!claim) return tl::unexpected(claim.error());
    payload.claims.push_back(std::move(*claim));
  }
  auto note = text_at(*object, "note", Blank::allowed);
  if (!note) return tl::unexpected(note.error());
  payload.note = std::move(*note);
  return payload;
}

Result<void> settle_fact_check(Records& records, const Task& task, const Judgment& judgment) {
  const auto payload = parse_fact_check(judgment.payload, matter_of(records, task, judgment.person));
  if (!payload) return tl::unexpected(payload.error());
  const bool unsettled = std::any_of(payload->claims.begin(), payload->claims.end(),
                                     [](const Claimed& claim) { return claim.verdict == "unsettled"; });
  if (unsettled) open_follow_up(records, TaskKind::fact_check, task, judgment.id, judgment.created_at);
  return {};
}

Kind fact_check_kind() {
  return {.kind = TaskKind::fact_check,
          .responses_min = 1,
          .responses_max = 1,
          .check = check,
          .settle = settle_fact_check};
}

}  // namespace preceptor::feedback
