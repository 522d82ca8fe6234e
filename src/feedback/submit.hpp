// Sending a judgment in.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "feedback/rights.hpp"

namespace preceptor::feedback {

struct Submission {
  TaskId task;
  std::string lease_token;
  std::string payload;  // JSON
  double seconds_active = 0;
  std::string idempotency_key;  // may be empty; at most 200 bytes
  JudgmentId supersedes;        // a correction of one's own latest judgment on this task; never of a gold
};
struct GoldVerdict {
  bool right = false;
  std::string explanation;
};
struct Receipt {
  JudgmentId judgment;
  bool counted = true;  // false: another person had taken the slot over; kept, not counted
  std::optional<GoldVerdict> gold;
  bool paused = false;    // the gold watch has just asked for a review of this person's work
  bool repeated = false;  // the same idempotency key was sent before; this is the first receipt again
};

// A late lease is no reason to refuse: the work is counted while nobody has taken the slot over, else kept as
// surplus. Refuses: not_found (task not handed to this person), conflict (already judged), invalid (payload).
// Paused members may finish what they hold.
Result<Receipt> submit(Records&, const Actor&, const Submission&, const Clock&);

}  // namespace preceptor::feedback
