#pragma once

#include <nlohmann/json_fwd.hpp>

namespace preceptor::cli {

// {start_ms, idle_rss_bytes, worker_rss_bytes}, medians with min and max: from the call of the program to the
// first answered request on a workspace that is there already; the memory two seconds later.
nlohmann::json measure_start(int runs);

}  // namespace preceptor::cli
