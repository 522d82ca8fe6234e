#pragma once
// A review's payload, and those of the two other kinds that look at the work of others.
#include "server/api/ids.hpp"
#include "server/wire/describe.hpp"

namespace preceptor::server::api {

struct ReviewPayload {
  JudgmentId judgment_id;
  std::string verdict, comment, clause;
  std::optional<wire::Json> payload, changes;
  static void describe(wire::Description<ReviewPayload>& is) {
    is.named("ReviewPayload");
    is.field("judgment_id", &ReviewPayload::judgment_id, {.about = "The judgment that was looked at."});
    is.field("verdict", &ReviewPayload::verdict, {.choices = {"accept", "fix", "return", "reject"}});
    is.optional("comment", &ReviewPayload::comment, {.length_max = 20'000, .about = "Needed to return."});
    is.optional("clause", &ReviewPayload::clause,
                {.length_max = 20'000, .about = "The instruction that was broken; needed to reject."});
    is.optional("payload", &ReviewPayload::payload,
                {.about = "The reviewer's version in the form of the judgment's kind; needed to fix."});
    is.optional("changes", &ReviewPayload::changes,
                {.about = "What the fix changed, as an RFC 6902 patch; written by the server."});
  }
};

struct AdjudicatePayload {
  wire::Json payload;
  std::string reason;
  static void describe(wire::Description<AdjudicatePayload>& is) {
    is.named("AdjudicatePayload");
    is.field("payload", &AdjudicatePayload::payload,
             {.about = "The judgment that stands, in the form of the task's kind."});
    is.field("reason", &AdjudicatePayload::reason, {.length_min = 1, .length_max = 20'000});
  }
};

struct AppealPayload {
  std::string decision, reason;
  static void describe(wire::Description<AppealPayload>& is) {
    is.named("AppealPayload");
    is.field("decision", &AppealPayload::decision, {.choices = {"upheld", "overturned"}});
    is.field("reason", &AppealPayload::reason, {.length_min = 1, .length_max = 20'000});
  }
};

}  // namespace preceptor::server::api
