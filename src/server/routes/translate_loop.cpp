#include "server/routes/translate.hpp"

namespace preceptor::server {

api::Job to_api(const loop::Job& job) {
  api::Job out;
  out.id = job.id;
  out.kind = name_of(job.kind);
  out.state = name_of(job.state);
  out.round_id = unless_none(job.round);
  out.person_id = unless_none(job.person);
  out.params = {job.params};
  out.progress = job.progress;
  out.message = job.message;
  out.result = {job.result};
  out.error = unless_empty(job.error);
  out.cancel_requested = job.cancel_requested;
  out.attempts = job.attempts;
  out.created_at = job.created_at;
  out.started_at = unless_zero(job.started_at);
  out.ended_at = unless_zero(job.ended_at);
  return out;
}

api::RoundSummary to_api(const loop::Round& round) {
  return {round.id,
          round.number,
          round.name,
          std::string(name_of(round.state)),
          unless_none(round.model_before),
          unless_none(round.model_after),
          round.created_at};
}

api::Snapshot to_api(const loop::Snapshot& snapshot) {
  api::Snapshot out;
  out.id = snapshot.id;
  out.round_id = unless_none(snapshot.round);
  out.sha256 = snapshot.sha256;
  out.weighting = snapshot.weighting;
  for (const auto& file : snapshot.files)
    out.files.push_back({file.name, file.sha256, file.rows, file.bytes});
  out.summary = {snapshot.summary};
  out.judgments = snapshot.judgment_count;
  out.created_at = snapshot.created_at;
  return out;
}

api::Run to_api(const loop::Run& run) {
  api::Run out;
  out.id = run.id;
  out.name = run.name;
  out.objective = name_of(run.objective);
  out.state = name_of(run.state);
  out.snapshot_id = unless_none(run.snapshot);
  out.base_model_id = unless_none(run.base_model);
  out.model_id = unless_none(run.model);
  out.round_id = unless_none(run.round);
  out.job_id = unless_none(run.job);
  out.settings = {run.settings};
  out.metrics = {run.metrics};
  out.created_at = run.created_at;
  out.ended_at = unless_zero(run.ended_at);
  return out;
}

api::Round to_api(const loop::RoundView& view) {
  api::Round out;
  out.summary = to_api(view.round);
  for (const auto& stage : view.stages)
    out.stages.push_back(
        {stage.key, stage.label, stage.done, stage.total, std::string(name_of(stage.state))});
  out.jobs = all_to_api(view.jobs);
  out.snapshots = all_to_api(view.snapshots);
  out.runs = all_to_api(view.runs);
  for (const auto& evaluation : view.evaluations)
    out.evaluations.push_back({evaluation.id, evaluation.baseline_model, evaluation.models,
                               std::string(name_of(evaluation.state)), evaluation.created_at});
  return out;
}

api::Model to_api(const loop::Model& model, feedback::ModelId current) {
  api::Model out;
  out.id = model.id;
  out.name = model.name;
  out.project_id = model.project;
  out.parent_id = unless_none(model.parent);
  out.run_id = unless_none(model.run);
  out.sha256 = model.sha256;
  out.objective = name_of(model.objective);
  out.parameters = model.parameters;
  out.created_at = model.created_at;
  out.current = model.id == current;
  return out;
}

}  // namespace preceptor::server
