#pragma once

#include <nlohmann/json_fwd.hpp>

namespace preceptor::cli {

// Every list of a project with ten million judgments and a million open tasks (times the scale), asked over
// HTTP: {judgments, tasks, fill_seconds, queries: [{query, median_ms, max_ms, asked}]}.
nlohmann::json measure_lists(double scale);

}  // namespace preceptor::cli
