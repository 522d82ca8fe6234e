#pragma once
#include "feedback/dispatch.hpp"
#include "server/api/ids.hpp"
#include "server/wire/describe.hpp"

namespace preceptor::server::api {

// The hazards that work may have, and "other".
inline Words hazard_choices() {
  const auto names = feedback::hazard_names();
  Words choices(names.begin(), names.end());
  choices.push_back("other");
  return choices;
}

struct RewritePayload {
  std::string text, approach, hazard, note;
  static void describe(wire::Description<RewritePayload>& is) {
    is.named("RewritePayload");
    is.field("text", &RewritePayload::text, {.length_min = 1, .length_max = 65'536});
    is.field("approach", &RewritePayload::approach, {.choices = {"refusal", "safe_answer", "redirect"}});
    is.field("hazard", &RewritePayload::hazard, {.choices = hazard_choices(), .about = "What was harmful."});
    is.optional("note", &RewritePayload::note, {.length_max = 20'000});
  }
};

}  // namespace preceptor::server::api
