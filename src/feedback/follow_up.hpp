// Tasks that the program opens itself, and their place in the log.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "base/time.hpp"
#include "feedback/records.hpp"

namespace preceptor::feedback {

// What the log keeps of a task.
nlohmann::json logged_task(const Task&);

// A task of this kind about `subject` (or, without one, about all judgments of `about`), shown with the same
// prompt and responses and under the same versions. Nobody who was handed `about` gets it.
TaskId open_follow_up(Records&, TaskKind, const Task& about, JudgmentId subject, Timestamp now);

}  // namespace preceptor::feedback
