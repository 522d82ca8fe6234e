#pragma once
#include "server/api/ids.hpp"
#include "server/wire/describe.hpp"

namespace preceptor::server::api {

struct PromptPayload {
  std::string text, style, intent, difficulty, note, how;
  std::optional<ExchangeId> trial;
  std::optional<bool> broke;
  static void describe(wire::Description<PromptPayload>& is) {
    is.named("PromptPayload");
    is.field("text", &PromptPayload::text, {.length_min = 1, .length_max = 65'536});
    is.field("style", &PromptPayload::style, {.choices = {"ordinary", "adversarial", "edge_case"}});
    is.field("difficulty", &PromptPayload::difficulty, {.choices = {"easy", "medium", "hard"}});
    is.optional("intent", &PromptPayload::intent, {.length_max = 200});
    is.optional("note", &PromptPayload::note, {.length_max = 20'000});
    is.optional("trial", &PromptPayload::trial,
                {.about = "The exchange in which it was tried; an attack needs one."});
    is.optional("broke", &PromptPayload::broke, {.about = "Whether the model broke."});
    is.optional("how", &PromptPayload::how, {.length_max = 20'000, .about = "Needed when it broke."});
  }
};

}  // namespace preceptor::server::api
