#include "feedback/kinds/prompt.hpp"

#include <nlohmann/json.hpp>

#include "base/json.hpp"
#include "feedback/enter_prompt.hpp"
#include "feedback/kinds/parts.hpp"
#include "feedback/matter.hpp"

namespace preceptor::feedback {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 3> styles{"ordinary", "adversarial", "edge_case"};
constexpr std::array<std::string_view, 3> difficulties{"easy", "medium", "hard"};
constexpr std::size_t intent_bytes_max = 200;

Result<void> read_trial(const Json& object, const Matter& matter, PromptPayload& payload) {
  const auto trial = json_find<std::int64_t>(object, "trial");
  if (!trial) return tl::unexpected(trial.error());
  const auto broke = json_find<bool>(object, "broke");
  if (!broke) return tl::unexpected(broke.error());
  auto how = text_at(object, "how", broke->value_or(false) ? Blank::refused : Blank::allowed);
  if (!how) return tl::unexpected(how.error());
  payload.how = std::move(*how);
  if (!*trial) {
    if (payload.style == "adversarial")
      return wrong("an attack was not tried on the model", "Try it, and say whether the model broke.",
                   "/trial");
    if (*broke) return wrong("without a trial nobody saw the model break", "Try it first.", "/broke");
    return {};
  }
  const auto exchange = matter.exchange ? matter.exchange(ExchangeId{**trial}) : std::nullopt;
  if (!exchange || exchange->messages.empty() || exchange->messages.back().content != payload.text) {
    return wrong("the model was tried with another text", "Try the prompt as it stands now.", "/trial");
  }
  payload.trial = exchange->id;
  payload.broke = *broke;
  if (payload.style == "adversarial" && !payload.broke)
    return wrong("it is not said whether the model broke", "Say yes or no.", "/broke");
  return {};
}

Result<std::string> check(std::string_view text, const Matter& matter) {
  return parse_prompt_payload(text, matter).map([](const PromptPayload& payload) {
    return Json{{"text", payload.text},
                {"style", payload.style},
                {"intent", payload.intent},
                {"difficulty", payload.difficulty},
                {"note", payload.note},
                {"trial", payload.trial ? Json(payload.trial.value) : Json(nullptr)},
                {"broke", payload.broke ? Json(*payload.broke) : Json(nullptr)},
                {"how", payload.how}}
        .dump();
  });
}

}  // namespace

Result<PromptPayload> parse_prompt_payload(std::string_view text, const Matter& matter) {
  static constexpr std::array<std::string_view, 8> known{"text", "style", "intent", "difficulty",
                                                         "note", "trial", "broke",  "how"};
  const auto object = parse_payload(text, known);
  if (!object) return tl::unexpected(object.error());
  PromptPayload payload;
  auto written = text_at(*object, "text", Blank::refused);
  if (!written) return tl::unexpected(written.error());
  payload.text = std::move(*written);
  auto style = word_at(*object, "style", styles);
  if (!style) return tl::unexpected(style.error());
  payload.style = std::move(*style);
  auto difficulty = word_at(*object, "difficulty", difficulties);
  if (!difficulty) return tl::unexpected(difficulty.error());
  payload.difficulty = std::move(*difficulty);
  auto intent = text_at(*object, "intent", Blank::allowed);
  if (!intent) return tl::unexpected(intent.error());
  if (intent->size() > intent_bytes_max)
    return wrong("the intent is too long", "Say it in a few words.", "/intent");
  payload.intent = std::move(*intent);
  auto note = text_at(*object, "note", Blank::allowed);
  if (!note) return tl::unexpected(note.error());
  payload.note = std::move(*note);
  if (auto read = read_trial(*object, matter, payload); !read) return tl::unexpected(read.error());
  return payload;
}

Result<void> settle_prompt(Records& records, const Task& task, const Judgment& judgment) {
  const auto payload = parse_prompt_payload(judgment.payload, matter_of(records, task, judgment.person));
  if (!payload) return tl::unexpected(payload.error());
  enter_prompt(records, task, judgment, {{"user", payload->text}},
               {.intent = payload->intent, .difficulty = payload->difficulty, .source = payload->style});
  return {};
}

Kind prompt_kind() {
  return {.kind = TaskKind::prompt, .prompt = PromptIs::brief, .check = check, .settle = settle_prompt};
}

}  // namespace preceptor::feedback
