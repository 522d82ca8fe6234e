// Passages of a response that are wrong, each with what is wrong about it.
#pragma once

#include "feedback/kinds/kind.hpp"

namespace preceptor::feedback {

struct Span {
  ResponseId response;
  std::int64_t start = 0, end = 0;  // code points of the response's text, `end` not included
  std::string category;             // one of span_categories
  std::string quote;                // the marked text
  std::string note;
};
// Claims without support, by how plain they are and by what they lack (RAGTruth): a conflict with the prompt
// or a source, or no basis in either; then errors by kind.
std::span<const std::string_view> span_categories();

struct SpansPayload {
  std::vector<Span> spans;  // by place; empty: nothing is wrong
  std::string note;
};
// A quote that is sent must be the text that stands at the place: a client that counts in other units is
// told so, and nothing is marked askew.
Result<SpansPayload> parse_spans(std::string_view payload, const Matter&);

}  // namespace preceptor::feedback
