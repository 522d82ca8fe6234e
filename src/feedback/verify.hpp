// Recomputes from the event log what the tables claim, and reports every difference.
#pragma once

#include <functional>

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
// `also` hears of each event that keeps its commitment (without a payload when that was erased), in order;
// what it throws as Failure becomes a difference.
VerifyReport verify_log(Records&, const std::function<void(const LoggedEvent&)>& also = {});

}  // namespace preceptor::feedback
