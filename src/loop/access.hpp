// The rows that a request names, with the question whether the actor may see or use them. A row of a project
// that is not the actor's is not found, so that foreign ids tell nothing.
#pragma once

#include "base/result.hpp"
#include "feedback/rights.hpp"
#include "loop/records.hpp"

namespace preceptor::loop {

using feedback::Actor;
using feedback::Right;

Result<Round> round_for(Records&, const Actor&, RoundId, Right);
Result<Model> model_for(Records&, const Actor&, ModelId, Right);
Result<Evaluation> evaluation_for(Records&, const Actor&, EvaluationId, Right);
Result<Job> job_for(Records&, const Actor&, JobId, Right);

// Rows that another row of the same project names.
Result<Model> model_in(Records&, ProjectId, ModelId);
Result<Snapshot> snapshot_in(Records&, ProjectId, SnapshotId);

}  // namespace preceptor::loop
