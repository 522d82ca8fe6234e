// What happens to a judgment after it was sent in: review, return, rejection, appeal.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "feedback/kinds/review.hpp"
#include "feedback/rights.hpp"

namespace preceptor::feedback {

// Opens a review of the judgment where the project's policy asks for one; `before` is how many the person had
// sent in earlier. Answers whether it did.
bool ask_for_review(Records&, const WorkPolicy&, const Task&, const Judgment&, std::int64_t before);

// Whether the person may still send a correction of it: until a review accepts, fixes or rejects it.
Result<void> check_correctable(Records&, const Judgment& before);
// The correction takes the place of what waits for review, or was returned.
void review_correction(Records&, const Task&, const Judgment& before, const Judgment& correction);

// What a review that was sent in brings about.
//   accept: nothing else changes.
//   fix: the reviewer's version supersedes the judgment and counts in its place.
//   return: the person sees the comment and may send another version, which is reviewed again.
//   reject: the judgment no longer counts, its slot is withdrawn and another one is open for somebody else.
// Refuses with conflict a fix by somebody who judged the task too.
Result<void> settle_review(Records&, const Task&, const Judgment& review);

// The person's objection to a rejection, once: somebody else decides on it. Refuses: not_found (not the
// person's judgment), conflict (not rejected, or appealed already), invalid (no reason).
Result<void> appeal(Records&, const Actor&, JudgmentId, std::string_view reason, const Clock&);
// What a decision on an appeal brings about: upheld, it stays as it is; overturned, the judgment counts again
// if nobody has taken its place, else it is kept without counting.
Result<void> settle_appeal(Records&, const Task&, const Judgment& decision);

}  // namespace preceptor::feedback
