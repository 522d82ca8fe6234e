// When people disagree, one who is more experienced decides.
#pragma once

#include "feedback/records.hpp"

namespace preceptor::feedback {

// Whether judgments that agree so far go to an adjudicator.
bool is_adjudicated(const WorkPolicy&, double agreement);

// Opens an adjudication, once, when the task has all its judgments and they agree less than the project
// wants.
void adjudicate_disagreement(Records&, const WorkPolicy&, TaskId, Timestamp now);

// The decision on the task, if there is one: the counted judgment of its adjudication.
std::optional<Judgment> adjudication_of(Records&, TaskId);

}  // namespace preceptor::feedback
