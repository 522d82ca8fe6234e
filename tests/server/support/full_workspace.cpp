#include "tests/support/full_workspace.hpp"

namespace preceptor::server::tests {

FullWorkspace::FullWorkspace() {
  loop::write(workspace.storage(), [&](loop::Records& records) { add_loop(records); });
  const auto task = workspace.add_task("compare", 20);
  ids["{task}"] = task;
  ids["{prompt}"] = workspace.add_prompt("A prompt");
  ids["{project}"] = workspace.project().value;
  ids["{token}"] = 1;
  ids["{session}"] = 1;
  ids["{invitation}"] = 1;
  ids["{person}"] = workspace.id_of("trainer").value;
  for (int i = 0; i < 8; ++i) workspace.add_task("write", 20);
  loop::write(workspace.storage(), [&](loop::Records& records) {
    feedback::Judgment judgment;
    judgment.project = workspace.project();
    judgment.task = {task};
    judgment.person = workspace.id_of("owner");
    judgment.payload = R"({"outcome":"tie"})";
    judgment.counted = false;
    judgment.created_at = workspace.clock().now();
    ids["{judgment}"] = records.add_judgment(judgment).value;
  });
}

// A model, a round, a run, a job and an evaluation, as rows only.
void FullWorkspace::add_loop(loop::Records& records) {
  const auto project = workspace.project();
  const auto now = workspace.clock().now();
  loop::Model model{.project = project, .name = "base", .sha256 = std::string(64, 'a'), .created_at = now};
  model.id = records.add_model(model);
  records.set_current_model(project, model.id);
  loop::Model tuned = model;
  tuned.name = "tuned";
  tuned.sha256 = std::string(64, 'c');
  tuned.parent = model.id;
  tuned_id = records.add_model(tuned).value;
  loop::Round round{.project = project, .name = "First", .model_before = model.id, .created_at = now};
  round.id = records.add_round(round);
  loop::Job job{.project = project, .round = round.id, .state = loop::JobState::running, .created_at = now};
  job.id = records.add_job(job);
  loop::Snapshot snapshot{.project = project,
                          .round = round.id,
                          .sha256 = std::string(64, 'b'),
                          .weighting = "none",
                          .created_at = now};
  snapshot.id = records.add_snapshot(snapshot, {});
  loop::Run run{.project = project,
                .round = round.id,
                .job = job.id,
                .base_model = model.id,
                .snapshot = snapshot.id,
                .name = "run",
                .created_at = now};
  run.id = records.add_run(run);
  loop::Evaluation evaluation{.project = project,
                              .round = round.id,
                              .job = job.id,
                              .baseline_model = model.id,
                              .models = {model.id},
                              .created_at = now};
  evaluation.id = records.add_evaluation(evaluation);
  ids["{model}"] = model.id.value;
  ids["{round}"] = round.id.value;
  ids["{job}"] = job.id.value;
  ids["{run}"] = run.id.value;
  ids["{evaluation}"] = evaluation.id.value;
  snapshot_id = snapshot.id.value;
}

std::string FullWorkspace::path_of(const Route& route) const {
  std::string path(route.path);
  for (const auto& [name, id] : ids) {
    if (const auto place = path.find(name); place != std::string::npos)
      path.replace(place, name.size(), std::to_string(id));
  }
  return path;
}

}  // namespace preceptor::server::tests
