// What the payload of a task may speak of, out of the records.
#pragma once

#include "feedback/kinds/kind.hpp"
#include "feedback/records.hpp"

namespace preceptor::feedback {

// Exchanges of the task are any of its people's: a fixed judgment speaks of those of the first.
// Borrows the records: good inside their transaction.
Matter matter_of(Records&, const Task&, PersonId);

}  // namespace preceptor::feedback
