// Many people at once against running servers, in one thread: each has a connection and a session of their
// own, gets the next task, thinks (if the plan says so), sends the judgment under a fresh idempotency key,
// and so on until the time is over or no task is left.
#pragma once

#include "cli/bench/server/load_plan.hpp"

namespace preceptor::cli {

LoadResult generate_load(const LoadPlan& plan);

}  // namespace preceptor::cli
