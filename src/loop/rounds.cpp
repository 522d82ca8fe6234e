#include "loop/rounds.hpp"

#include <algorithm>

#include "base/format.hpp"
#include "feedback/page_of.hpp"
#include "loop/access.hpp"
#include "loop/evaluation.hpp"
#include "loop/ledger.hpp"

namespace preceptor::loop {
namespace {

Stage stage(std::string key, std::string label, std::int64_t done, std::int64_t total, bool running = false) {
  const StageState state = running                      ? StageState::running
                           : total > 0 && done >= total ? StageState::done
                           : done > 0                   ? StageState::running
                                                        : StageState::waiting;
  return {std::move(key), std::move(label), done, total, state};
}

bool any_active(const std::vector<Job>& jobs, JobKind kind) {
  return std::any_of(jobs.begin(), jobs.end(), [&](const Job& job) {
    return job.kind == kind && (job.state == JobState::queued || job.state == JobState::running);
  });
}

std::vector<Stage> stages_of(Records& records, const RoundView& view) {
  const RoundId id = view.round.id;
  const RoundCounts counts = records.round_counts(id);
  const feedback::TaskCounts tasks = records.task_counts(
      {.project = view.round.project, .purpose = feedback::Purpose::training, .gold = false, .round = id});
  const auto evaluations_in = [&](EvaluationState state) {
    return std::count_if(view.evaluations.begin(), view.evaluations.end(),
                         [&](const Evaluation& evaluation) { return evaluation.state == state; });
  };
  // One that failed is done again as another one: it takes no part in the count.
  const auto evaluations = static_cast<std::int64_t>(view.evaluations.size()) -
                           static_cast<std::int64_t>(evaluations_in(EvaluationState::failed));
  const auto trained = std::count_if(view.runs.begin(), view.runs.end(),
                                     [](const Run& run) { return run.state == RunState::done; });
  const auto snapshots = static_cast<std::int64_t>(view.snapshots.size());
  std::vector<Stage> stages;
  stages.push_back(stage("prompts", "Prompts", counts.prompts, counts.prompts));
  stages.push_back(stage("responses", "Answers", counts.responses, counts.responses,
                         any_active(view.jobs, JobKind::generate)));
  stages.push_back(stage("tasks", "Tasks", tasks.done, tasks.tasks));
  stages.push_back(stage("judgments", "Judgments", tasks.judgments_counted, tasks.judgments_wanted));
  stages.push_back(stage("snapshot", "Snapshot", snapshots, std::max<std::int64_t>(1, snapshots),
                         any_active(view.jobs, JobKind::snapshot)));
  stages.push_back(stage("training", "Training", trained,
                         std::max<std::int64_t>(1, static_cast<std::int64_t>(view.runs.size())),
                         any_active(view.jobs, JobKind::train)));
  stages.push_back(
      stage("evaluation", "Evaluation", evaluations_in(EvaluationState::done),
            std::max<std::int64_t>(1, evaluations),
            any_active(view.jobs, JobKind::evaluate) || evaluations_in(EvaluationState::judging) > 0));
  stages.push_back(stage("promotion", "Decision", view.round.state == RoundState::closed ? 1 : 0, 1));
  return stages;
}

}  // namespace

std::string_view name_of(StageState state) {
  switch (state) {
    case StageState::waiting: return "waiting";
    case StageState::running: return "running";
    case StageState::done: return "done";
  }
  return "";
}

Result<Round> start_round(Records& records, const Actor& actor, ProjectId project, std::string_view name,
                          const Clock& clock) {
  const auto member = feedback::require(records, actor, project, Right::run_rounds);
  if (!member) return tl::unexpected(member.error());
  if (name.empty() || name.size() > 200)
    return refuse(ErrorKind::invalid, "The name of a round must have 1 to 200 bytes.", "", "/name");
  Round round;
  round.project = project;
  round.name = std::string(name);
  round.model_before = records.lock_project(project)->current_model;
  round.created_at = clock.now();
  return *records.round(enter(records, round, actor.person));
}

Result<Listing<Round>> list_rounds(Records& records, const Actor& actor, ProjectId project, Page page) {
  const auto member = feedback::require(records, actor, project, Right::see_results);
  if (!member) return tl::unexpected(member.error());
  return feedback::page_of(records.rounds(project), page, [](const Round& round) { return round.id.value; });
}

Result<RoundView> show_round(Records& records, const Actor& actor, RoundId id) {
  const auto round = round_for(records, actor, id, Right::see_results);
  if (!round) return tl::unexpected(round.error());
  RoundView view{.round = *round};
  view.jobs = records.jobs({.project = round->project, .round = id, .page = {.limit = 100}}).items;
  view.snapshots = records.snapshots(round->project, id);
  view.runs = records.runs(round->project, id);
  view.evaluations = evaluations_now(records, round->project, id);
  view.stages = stages_of(records, view);
  return view;
}

Result<RunView> show_run(Records& records, const Actor& actor, RunId id) {
  const auto run = records.run(id);
  const auto missing = [&] {
    return refuse(ErrorKind::not_found, fmt::format("There is no run {}.", id.value));
  };
  if (!run) return missing();
  const auto member = feedback::require(records, actor, run->project, Right::see_results);
  if (!member && member.error().kind == ErrorKind::not_found) return missing();
  if (!member) return tl::unexpected(member.error());
  return RunView{*run, records.run_steps(id)};
}

}  // namespace preceptor::loop
