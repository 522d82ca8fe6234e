// What a running job sees of the world around it.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <stop_token>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"
#include "loop/storage.hpp"
#include "loop/workspace.hpp"

namespace preceptor::loop {

struct JobContext {
  Storage& storage;
  const Workspace& workspace;
  const Clock& clock;
  Job job;
  int threads = 0;
  std::stop_token stop;  // cancelled by a person, or the worker is told to end
  std::function<void(double fraction, std::string message)>
      progress;  // cheap; written at most a few times a second
  std::function<void(std::string line)> log;
};

// The job's row as it stands; for every write of a job in progress. Throws Failure (conflict) when the job is
// no longer this worker's, which a worker that was silent for too long learns here: another one goes on with
// it, and nothing may be written twice.
Job held_job(Records&, const Job&);

// The last step of a job: writes its rows and answers its result, in the transaction that marks it done. So a
// job is done exactly when its rows are there, whatever dies in between.
using JobEnd = std::function<nlohmann::json(Records&)>;

Result<JobEnd> run_generation(const JobContext&);
Result<JobEnd> run_snapshot(const JobContext&);
Result<JobEnd> run_training(const JobContext&);
Result<JobEnd> run_evaluation(const JobContext&);

}  // namespace preceptor::loop
