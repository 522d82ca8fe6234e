// Recomputes from the event log what the tables claim, and reports every difference.
#pragma once

#include "feedback/records.hpp"

namespace preceptor::feedback {

struct VerifyReport {
  std::int64_t events = 0, unsealed = 0, roots = 0, judgments = 0, tasks = 0, golds = 0;
  std::int64_t erased = 0;               // events whose payload was erased
  std::string last_root;                 // hex
  std::vector<std::string> differences;  // in words; empty when all is well
};

// Checks commitments, roots and their chain; then, from the payloads: every judgment (its content, its slot,
// whether it counted), every task's count and state, slot states, gold scores, the watch, counters and pauses
// of every member, and the content of prompts, responses, guidelines and rubrics.
VerifyReport verify_log(Records&);

}  // namespace preceptor::feedback
