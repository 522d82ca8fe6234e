#include "feedback/kinds/spans.hpp"

#include <nlohmann/json.hpp>
#include <tuple>

#include "base/json.hpp"
#include "feedback/kinds/code_points.hpp"
#include "feedback/kinds/parts.hpp"

namespace preceptor::feedback {
namespace {

using Json = nlohmann::json;

constexpr std::size_t spans_max = 500;
constexpr std::array<std::string_view, 13> categories{
    "evident_conflict", "subtle_conflict", "evident_baseless",   "subtle_baseless", "factual_error",
    "reasoning_error",  "wrong_figure",    "instruction_missed", "unsafe",          "irrelevant",
    "repetition",       "unclear_wording", "wrong_tone"};

Result<Span> span_from(const Json& json, const Matter& matter, const std::string& at) {
  static constexpr std::array<std::string_view, 6> known{"response_id", "start", "end",
                                                         "category",    "quote", "note"};
  if (auto checked = check_keys(json, known, at); !checked) return tl::unexpected(checked.error());
  const auto response = response_at(json, matter.responses, at);
  if (!response) return tl::unexpected(response.error());
  const auto start = json_get<std::int64_t>(json, "start");
  if (!start) return wrong(start.error().message, start.error().hint, at + "/start");
  const auto end = json_get<std::int64_t>(json, "end");
  if (!end) return wrong(end.error().message, end.error().hint, at + "/end");
  const auto text = matter.text_of ? matter.text_of(*response) : std::nullopt;
  auto quote = code_point_slice(text.value_or(""), *start, *end);
  if (!quote) {
    return wrong("these places are outside of the response",
                 "Count code points: 0 up to " + std::to_string(code_point_count(text.value_or(""))) +
                     ", the start before the end.",
                 at + "/start");
  }
  const auto sent = text_at(json, "quote", Blank::allowed, at);
  if (!sent) return tl::unexpected(sent.error());
  if (!sent->empty() && *sent != *quote) {
    return wrong("the quote is not what stands at this place",
                 "Count code points, not bytes or UTF-16 units.", at + "/quote");
  }
  auto category = word_at(json, "category", categories, at);
  if (!category) return tl::unexpected(category.error());
  auto note = text_at(json, "note", Blank::allowed, at);
  if (!note) return tl::unexpected(note.error());
  return Span{*response, *start, *end, std::move(*category), std::move(*quote), std::move(*note)};
}

auto place_of(const Span& span) { return std::tie(span.response, span.start, span.end, span.category); }

Json to_json(const SpansPayload& payload) {
  Json list = Json::array();
  for (const Span& span : payload.spans) {
    list.push_back({{"response_id", span.response.value},
                    {"start", span.start},
                    {"end", span.end},
                    {"category", span.category},
                    {"quote", span.quote},
                    {"note", span.note}});
  }
  return {{"spans", list}, {"note", payload.note}};
}

Result<std::string> check(std::string_view payload, const Matter& matter) {
  return parse_spans(payload, matter).map([](const SpansPayload& parsed) { return to_json(parsed).dump(); });
}

}  // namespace

std::span<const std::string_view> span_categories() { return categories; }

Result<SpansPayload> parse_spans(std::string_view text, const Matter& matter) {
  static constexpr std::array<std::string_view, 2> known{"spans", "note"};
  const auto object = parse_payload(text, known);
  if (!object) return tl::unexpected(object.error());
  const auto list = object->find("spans");
  if (list == object->end() || !list->is_array() || list->size() > spans_max) {
    return wrong("the spans are a list of at most " + std::to_string(spans_max),
                 "Send [] when nothing is wrong.", "/spans");
  }
  SpansPayload payload;
  for (std::size_t i = 0; i < list->size(); ++i) {
    auto span = span_from((*list)[i], matter, "/spans/" + std::to_string(i));
    if (!span) return tl::unexpected(span.error());
    payload.spans.push_back(std::move(*span));
  }
  std::sort(payload.spans.begin(), payload.spans.end(),
            [](const Span& a, const Span& b) { return place_of(a) < place_of(b); });
  const auto twice =
      std::adjacent_find(payload.spans.begin(), payload.spans.end(),
                         [](const Span& a, const Span& b) { return place_of(a) == place_of(b); });
  if (twice != payload.spans.end()) {
    return wrong("the same passage is marked twice with \"" + twice->category + "\"", "Mark it once.",
                 "/spans");
  }
  auto note = text_at(*object, "note", Blank::allowed);
  if (!note) return tl::unexpected(note.error());
  payload.note = std::move(*note);
  return payload;
}

Kind spans_kind() {
  return {.kind = TaskKind::spans, .responses_min = 1, .responses_max = 1, .overlap = 2, .check = check};
}

}  // namespace preceptor::feedback
