// Scoring golds and watching over the scores.
#pragma once

#include "feedback/payload.hpp"
#include "feedback/types.hpp"

namespace preceptor::feedback {

// A tie or "both bad" on a gold is wrong.
bool gold_right(const GoldAnswer&, const ComparePayload&);

// Enters one gold into the member's counters and the watch. An alarm pauses the member with a reason that
// asks for a review; it never removes anybody. Answers whether this gold raised the alarm.
bool watch_gold(Membership&, bool right, const GoldWatchSettings&);

std::string watch_pause_reason(const Membership&);

}  // namespace preceptor::feedback
