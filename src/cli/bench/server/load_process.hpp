#pragma once

#include "cli/bench/server/load_plan.hpp"

namespace preceptor::cli {

// The load generator as a process of its own: this program under a name that its help does not show. Throws
// Failure when it fails.
LoadResult run_load_process(const LoadPlan&);

// The other end: a plan on stdin, the result on stdout.
void be_load_process();

}  // namespace preceptor::cli
