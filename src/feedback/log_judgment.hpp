#pragma once

#include "feedback/records.hpp"

namespace preceptor::feedback {

// Enters a judgment that was just stored into the event log.
void log_judgment(Records&, const Judgment&, const Task&);

}  // namespace preceptor::feedback
