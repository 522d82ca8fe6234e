#include "feedback/payload.hpp"

#include <nlohmann/json.hpp>

#include "base/json.hpp"

namespace preceptor::feedback {

Result<std::string> check_payload(TaskKind kind, std::string_view payload, const Matter& matter) {
  return kind_of(kind).check(payload, matter);
}

Result<std::string> check_payload(TaskKind kind, std::string_view payload, const RubricVersion& rubric,
                                  std::span<const ResponseId> responses) {
  return check_payload(kind, payload, {.responses = {responses.begin(), responses.end()}, .rubric = rubric});
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
