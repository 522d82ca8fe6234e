#pragma once
#include "server/api/ids.hpp"
#include "server/wire/describe.hpp"

namespace preceptor::server::api {

struct Proof {
  SourceId source_id;
  std::string quote;
  static void describe(wire::Description<Proof>& is) {
    is.named("Proof");
    is.field("source_id", &Proof::source_id);
    is.optional("quote", &Proof::quote, {.length_max = 20'000});
  }
};

struct Citation {
  std::string cited;
  bool exists = false, says_so = false;
  static void describe(wire::Description<Citation>& is) {
    is.named("Citation");
    is.field("cited", &Citation::cited, {.length_min = 1, .length_max = 20'000});
    is.optional("exists", &Citation::exists);
    is.optional("says_so", &Citation::says_so);
  }
};

struct CheckedClaim {
  std::string text, verdict, note;
  std::int64_t start = 0, end = 0;
  std::vector<Proof> evidence;
  std::optional<Citation> citation;
  static void describe(wire::Description<CheckedClaim>& is) {
    is.named("CheckedClaim");
    is.field("text", &CheckedClaim::text, {.length_min = 1, .length_max = 20'000});
    is.optional("start", &CheckedClaim::start, {.minimum = 0, .about = "In code points; 0 and 0: nowhere."});
    is.optional("end", &CheckedClaim::end, {.minimum = 0});
    is.field("verdict", &CheckedClaim::verdict,
             {.choices = {"supported", "not_supported", "irrelevant", "unsettled"},
              .about = "unsettled: somebody else is asked to go on."});
    is.optional("evidence", &CheckedClaim::evidence, {.items_max = 20, .about = "Needed when supported."});
    is.optional("citation", &CheckedClaim::citation, {.about = "What the response cites for it."});
    is.optional("note", &CheckedClaim::note, {.length_max = 20'000});
  }
};

struct FactCheckPayload {
  std::vector<CheckedClaim> claims;
  std::string note;
  static void describe(wire::Description<FactCheckPayload>& is) {
    is.named("FactCheckPayload");
    is.field("claims", &FactCheckPayload::claims, {.items_max = 200});
    is.optional("note", &FactCheckPayload::note, {.length_max = 20'000});
  }
};

}  // namespace preceptor::server::api
