// A judgment's payload, "kind of task\n{…}", of every kind there is. What is accepted is kept in a form that
// is accepted again, unchanged.
#include "driver/input.hpp"
#include "feedback/kinds/kind.hpp"
#include "feedback/payload.hpp"

using namespace preceptor;
using namespace preceptor::feedback;

namespace {

std::optional<Exchange> exchange_with(ExchangeId id) {
  const std::vector<Message> first{{"user", "What is the dose?"}};
  if (id.value == 21) return Exchange{.id = id, .messages = first, .reply = "Ten mg.", .finish = "stop"};
  if (id.value != 22) return std::nullopt;
  auto longer = first;
  longer.push_back({"assistant", "Ten mg."});
  longer.push_back({"user", "For a child?"});
  return Exchange{.id = id, .messages = longer, .reply = "Two mg.", .finish = "stop"};
}

Matter plain_matter(std::size_t responses) {
  Matter matter;
  for (std::int64_t id = 7; id < 7 + static_cast<std::int64_t>(responses); ++id)
    matter.responses.push_back({id});
  matter.rubric = {.dimensions = {{.key = "accuracy",
                                   .label = "Accuracy",
                                   .scale_min = 1,
                                   .scale_max = 5,
                                   .reason_required_below = 3},
                                  {.key = "tone", .label = "Tone", .scale_min = 1, .scale_max = 3}},
                   .criteria = {{.key = "dose", .label = "Names the dose", .weight = 3},
                                {.key = "harm", .label = "Could harm", .weight = -5}}};
  matter.messages = {{"user", "What is the dose?"}};
  matter.text_of = [](ResponseId) -> std::optional<std::string> { return "Ten mg, täglich 💊."; };
  matter.has_source = [](SourceId id) { return id.value == 3; };
  matter.exchange = exchange_with;
  return matter;
}

Matter matter_for(TaskKind kind) {
  const Kind& row = kind_of(kind);
  if (row.made_by == MadeBy::leads) return plain_matter(std::min<std::size_t>(row.responses_max, 2));
  Matter matter = plain_matter(1);
  matter.subject = std::make_shared<Subject>(Subject{.judgment = {5},
                                                     .kind = TaskKind::write,
                                                     .payload = R"({"note":"","text":"Ten mg."})",
                                                     .matter = plain_matter(0)});
  return matter;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view payload = fuzz::as_text(data, size);
  const auto kind = from_name<TaskKind>(fuzz::take_until(payload, "\n"));
  (void)check_draft(payload);
  if (!kind) return 0;
  const Matter matter = matter_for(*kind);
  const auto kept = check_payload(*kind, payload, matter);
  if (!kept) {
    const ErrorKind why = kept.error().kind;
    fuzz::require(why == ErrorKind::invalid || why == ErrorKind::too_large ||
                      (why == ErrorKind::conflict && *kind == TaskKind::review),
                  "a payload is refused as invalid or too large, a review of another version as a conflict");
    return 0;
  }
  const auto again = check_payload(*kind, *kept, matter);
  fuzz::require(again.has_value() && *again == *kept, "what was kept is accepted again, unchanged");
  fuzz::require(check_draft(*kept).has_value(), "what was kept is a draft");
  return 0;
}
