#pragma once
#include "feedback/kinds/spans.hpp"
#include "server/api/ids.hpp"
#include "server/wire/describe.hpp"

namespace preceptor::server::api {

struct Span {
  std::optional<ResponseId> response_id;
  std::int64_t start = 0, end = 0;
  std::string category, quote, note;
  static void describe(wire::Description<Span>& is) {
    is.named("Span");
    is.optional("response_id", &Span::response_id);
    is.field("start", &Span::start, {.minimum = 0, .about = "In Unicode code points."});
    is.field("end", &Span::end, {.minimum = 1, .about = "The first code point after it."});
    const auto names = feedback::span_categories();
    is.field("category", &Span::category, {.choices = {names.begin(), names.end()}});
    is.optional("quote", &Span::quote, {.about = "The marked text; refused when another text stands there."});
    is.optional("note", &Span::note, {.length_max = 20'000});
  }
};

struct SpansPayload {
  std::vector<Span> spans;
  std::string note;
  static void describe(wire::Description<SpansPayload>& is) {
    is.named("SpansPayload");
    is.field("spans", &SpansPayload::spans, {.items_max = 500, .about = "None: nothing is wrong."});
    is.optional("note", &SpansPayload::note, {.length_max = 20'000});
  }
};

}  // namespace preceptor::server::api
