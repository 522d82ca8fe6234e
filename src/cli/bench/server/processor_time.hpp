#pragma once

#include <sys/types.h>
#include <nlohmann/json_fwd.hpp>

namespace preceptor::cli {

// Seconds of processor time that each group of a process's threads (by name) has used so far.
nlohmann::json processor_seconds(pid_t process);

}  // namespace preceptor::cli
