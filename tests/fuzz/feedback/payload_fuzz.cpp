// A judgment's payload, "kind of task\n{…}". What is accepted is kept in a form that is accepted again,
// unchanged.
#include "driver/input.hpp"
#include "feedback/payload.hpp"

using namespace preceptor;
using namespace preceptor::feedback;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const RubricVersion rubric{
      .dimensions = {{.key = "accuracy",
                      .label = "Accuracy",
                      .scale_min = 1,
                      .scale_max = 5,
                      .reason_required_below = 3},
                     {.key = "tone", .label = "Tone", .scale_min = 1, .scale_max = 3}}};
  static const std::vector<ResponseId> responses = {{7}, {8}};
  std::string_view payload = fuzz::as_text(data, size);
  const auto kind = from_name<TaskKind>(fuzz::take_until(payload, "\n"));
  (void)check_draft(payload);
  if (!kind) return 0;
  const auto kept = check_payload(*kind, payload, rubric, responses);
  if (!kept) {
    fuzz::require(kept.error().kind == ErrorKind::invalid || kept.error().kind == ErrorKind::too_large,
                  "a payload is refused as invalid or too large");
    return 0;
  }
  const auto again = check_payload(*kind, *kept, rubric, responses);
  fuzz::require(again.has_value() && *again == *kept, "what was kept is accepted again, unchanged");
  fuzz::require(check_draft(*kept).has_value(), "what was kept is a draft");
  return 0;
}
