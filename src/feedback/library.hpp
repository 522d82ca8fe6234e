// The sources that claims are held against, and what a model said while somebody worked on a task.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "feedback/rights.hpp"

namespace preceptor::feedback {

// Title and excerpt must say something; the hash of the excerpt is kept with it and logged. Right::judge: who
// checks a claim adds what it is held against.
Result<Source> add_source(Records&, const Actor&, ProjectId, const Source&, const Clock&);
Result<Listing<Source>> list_sources(Records&, const Actor&, ProjectId, std::string_view words, Page);

// Before the model is asked: whether the actor holds the task, its kind talks to a model, and there is one.
// Answers the project's model. The last message is the user's; at most messages_max of them.
Result<ModelId> check_trial(Records&, const Actor&, TaskId, std::span<const Message>);
// What the model answered, for the judgment to speak of.
Result<Exchange> keep_trial(Records&, const Actor&, const Exchange&, const Clock&);
// Those of the actor in a task that they hold or have sent in, in order.
Result<std::vector<Exchange>> my_trials(Records&, const Actor&, TaskId);

}  // namespace preceptor::feedback
