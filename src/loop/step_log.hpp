// The steps of a training run on their way into the database.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "learning/training.hpp"
#include "loop/job_context.hpp"

namespace preceptor::loop {

// What a step is kept with, as a JSON object.
std::string step_metrics(const learning::StepReport&);

// Keeps steps as they come, in groups, so that a page can draw the curve while it grows. A step is never only
// in a checkpoint: before one is due, all steps so far are written. Whoever ends a training flushes.
class StepLog {
public:
  StepLog(const JobContext& context, RunId run, std::int64_t checkpoint_every_steps)
      : context_(context), run_(run), checkpoint_every_steps_(checkpoint_every_steps) {}

  void add(const learning::StepReport&);
  // Throws what the storage throws, and Failure (conflict) when the job is another worker's by now.
  void flush();
  // A failure is logged: for when another one is being told already.
  void flush_if_possible() noexcept;

private:
  const JobContext& context_;
  RunId run_;
  std::int64_t checkpoint_every_steps_;
  std::vector<RunStep> waiting_;
  std::chrono::steady_clock::time_point written_{};
};

}  // namespace preceptor::loop
