// Which judgments a second person looks at.
#pragma once

#include "feedback/types.hpp"

namespace preceptor::feedback {

constexpr double review_share_min = 0.05;

// Whether the judgment of a person who sent `before` judgments earlier in this project is reviewed.
// Newcomers' always; of the others' a share, drawn from the task and the person by hash: nobody can guess or
// influence it, and the log shows that it was kept to. A share under 0.05 is taken as 0.05.
bool is_reviewed(const WorkPolicy&, TaskKind, TaskId, PersonId, std::int64_t before);

}  // namespace preceptor::feedback
