// Rounds: one turn of the loop from prompts to a promotion, and how far each stage has come.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "feedback/rights.hpp"
#include "loop/records.hpp"

namespace preceptor::loop {

using feedback::Actor;

enum class StageState { waiting, running, done };
std::string_view name_of(StageState);

struct Stage {
  std::string key;    // prompts, responses, tasks, judgments, snapshot, training, evaluation, promotion
  std::string label;  // for people
  std::int64_t done = 0;
  std::int64_t total = 0;
  StageState state = StageState::waiting;
};

struct RoundView {
  Round round;
  std::vector<Stage> stages;
  std::vector<Job> jobs;  // newest first
  std::vector<Snapshot> snapshots;
  std::vector<Run> runs;
  std::vector<Evaluation> evaluations;
};

// Right::run_rounds. The model before is the project's current one.
Result<Round> start_round(Records&, const Actor&, ProjectId, std::string_view name, const Clock&);
// Right::see_results.
Result<Listing<Round>> list_rounds(Records&, const Actor&, ProjectId, Page = {});
Result<RoundView> show_round(Records&, const Actor&, RoundId);

struct RunView {
  Run run;
  std::vector<RunStep> steps;
};
Result<RunView> show_run(Records&, const Actor&, RunId);

}  // namespace preceptor::loop
