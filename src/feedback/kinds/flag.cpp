// What is the matter with a response, in words from a list; or that nothing is.
#include <nlohmann/json.hpp>

#include "feedback/kinds/kind.hpp"
#include "feedback/kinds/parts.hpp"

namespace preceptor::feedback {
namespace {

using Json = nlohmann::json;

Result<std::string> check(std::string_view text, const Matter& matter) {
  static constexpr std::array<std::string_view, 3> known{"flags", "nothing", "note"};
  const auto object = parse_payload(text, known);
  if (!object) return tl::unexpected(object.error());
  const auto flags = flags_at(*object, matter.responses);
  if (!flags) return tl::unexpected(flags.error());
  const auto nothing = truth_at(*object, "nothing");
  if (!nothing) return tl::unexpected(nothing.error());
  if (flags->empty() != *nothing) {
    return *nothing ? wrong("there are flags, and nothing is to be flagged", "Take one of the two back.",
                            "/nothing")
                    : wrong("no flag is set", "Set one, or say that there is nothing to flag.", "/flags");
  }
  const auto note = text_at(*object, "note", Blank::allowed);
  if (!note) return tl::unexpected(note.error());
  return Json{{"flags", to_json(*flags)}, {"nothing", *nothing}, {"note", *note}}.dump();
}

// The share of pairs of judgments with the same flags.
double agreement(std::span<const std::string> payloads, const Matter&) {
  double same = 0, pairs = 0;
  for (std::size_t i = 0; i < payloads.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      pairs += 1;
      same += Json::parse(payloads[i]).at("flags") == Json::parse(payloads[j]).at("flags") ? 1 : 0;
    }
  }
  return pairs == 0 ? 1 : same / pairs;
}

}  // namespace

Kind flag_kind() {
  return {.kind = TaskKind::flag,
          .responses_min = 1,
          .responses_max = 1,
          .overlap = 2,
          .check = check,
          .agreement = agreement};
}

}  // namespace preceptor::feedback
