// What a judgment says, per kind of task, and the check that stands before it is kept.
#pragma once

#include "feedback/kinds/compare.hpp"
#include "feedback/kinds/rate.hpp"
#include "feedback/kinds/write.hpp"

namespace preceptor::feedback {

// Answers the payload in the form in which it is kept: see Kind::check.
Result<std::string> check_payload(TaskKind, std::string_view payload, const Matter&);
// The same for kinds that look at nothing else.
Result<std::string> check_payload(TaskKind, std::string_view payload, const RubricVersion&,
                                  std::span<const ResponseId> responses);

// A draft is kept as typed: an object, valid UTF-8, not too deep, not too large.
Result<void> check_draft(std::string_view payload);

}  // namespace preceptor::feedback
