// A second person's look at a judgment.
#pragma once

#include "feedback/kinds/kind.hpp"

namespace preceptor::feedback {

enum class Verdict { accept, fix, send_back, reject };  // in JSON: accept, fix, return, reject
std::string_view name_of(Verdict);

struct ReviewPayload {
  JudgmentId judgment;  // what the reviewer saw: the person may have sent a newer version since
  Verdict verdict = Verdict::accept;
  std::string comment;  // for the person; required to return
  std::string clause;   // the instruction of the guidelines that was broken; required to reject
  std::string payload;  // the reviewer's version in its kept form, to fix; else empty
};
Result<ReviewPayload> parse_review(std::string_view payload, const Matter&);

}  // namespace preceptor::feedback
