#include "server/api/rounds.hpp"

#include "server/api/session.hpp"

namespace preceptor::server::api {

namespace {
constexpr double seed_max = 9007199254740991.0;  // what a browser's number holds exactly
const Words stage_keys = {"prompts",  "responses", "tasks",      "judgments",
                          "snapshot", "training",  "evaluation", "promotion"};
const Words stage_states = {"waiting", "running", "done"};
const Words round_states = {"open", "closed"};
const Words run_states = {"running", "done", "failed", "cancelled"};
const Words weightings = {"reliability", "none"};
}  // namespace

void Job::describe(wire::Description<Job>& is) {
  is.named("Job");
  is.field("id", &Job::id);
  is.field("kind", &Job::kind, {.choices = job_kind_choices});
  is.field("state", &Job::state, {.choices = job_state_choices});
  is.field("round_id", &Job::round_id);
  is.field("person_id", &Job::person_id, {.about = "Who asked for it."});
  is.field("params", &Job::params);
  is.field("progress", &Job::progress, {.minimum = 0, .maximum = 1});
  is.field("message", &Job::message);
  is.field("result", &Job::result, {.about = "What the job made, by kind; empty until it is done."});
  is.field("error", &Job::error);
  is.field("cancel_requested", &Job::cancel_requested);
  is.field("attempts", &Job::attempts);
  is.field("created_at", &Job::created_at);
  is.field("started_at", &Job::started_at);
  is.field("ended_at", &Job::ended_at);
}

void LogLine::describe(wire::Description<LogLine>& is) {
  is.named("LogLine");
  is.field("number", &LogLine::number);
  is.field("at", &LogLine::at);
  is.field("text", &LogLine::text);
}

void LogQuery::describe(wire::Description<LogQuery>& is) {
  is.optional("after", &LogQuery::after, {.minimum = 0, .about = "Number of the last line seen."});
}

void JobQuery::describe(wire::Description<JobQuery>& is) {
  is.optional("round_id", &JobQuery::round_id);
  is.optional("kind", &JobQuery::kind, {.choices = job_kind_choices});
  is.optional("state", &JobQuery::state, {.choices = job_state_choices});
  describe_page(is);
}

void JobLog::describe(wire::Description<JobLog>& is) {
  is.named("JobLog");
  is.field("lines", &JobLog::lines);
}

void NewRound::describe(wire::Description<NewRound>& is) {
  is.named("NewRound");
  is.field("name", &NewRound::name, {.length_min = 1, .length_max = 200});
}

void RoundSummary::describe(wire::Description<RoundSummary>& is) {
  is.named("RoundSummary");
  is.field("id", &RoundSummary::id);
  is.field("number", &RoundSummary::number);
  is.field("name", &RoundSummary::name);
  is.field("state", &RoundSummary::state, {.choices = round_states});
  is.field("model_before_id", &RoundSummary::model_before_id);
  is.field("model_after_id", &RoundSummary::model_after_id);
  is.field("created_at", &RoundSummary::created_at);
}

void Stage::describe(wire::Description<Stage>& is) {
  is.named("Stage");
  is.field("key", &Stage::key, {.choices = stage_keys});
  is.field("label", &Stage::label);
  is.field("done", &Stage::done);
  is.field("total", &Stage::total);
  is.field("state", &Stage::state, {.choices = stage_states});
}

void SnapshotFile::describe(wire::Description<SnapshotFile>& is) {
  is.named("SnapshotFile");
  is.field("name", &SnapshotFile::name);
  is.field("sha256", &SnapshotFile::sha256);
  is.field("rows", &SnapshotFile::rows);
  is.field("bytes", &SnapshotFile::bytes);
}

void Snapshot::describe(wire::Description<Snapshot>& is) {
  is.named("Snapshot");
  is.field("id", &Snapshot::id);
  is.field("round_id", &Snapshot::round_id);
  is.field("sha256", &Snapshot::sha256, {.about = "Of the manifest, which holds the hash of every file."});
  is.field("weighting", &Snapshot::weighting, {.choices = weightings});
  is.field("files", &Snapshot::files);
  is.field("summary", &Snapshot::summary, {.about = "Counts, and what was left out and why."});
  is.field("judgments", &Snapshot::judgments);
  is.field("created_at", &Snapshot::created_at);
}

void Run::describe(wire::Description<Run>& is) {
  is.named("Run");
  is.field("id", &Run::id);
  is.field("name", &Run::name);
  is.field("objective", &Run::objective, {.choices = objective_choices});
  is.field("state", &Run::state, {.choices = run_states});
  is.field("snapshot_id", &Run::snapshot_id);
  is.field("base_model_id", &Run::base_model_id);
  is.field("model_id", &Run::model_id, {.about = "The model it made; null until it is done."});
  is.field("round_id", &Run::round_id);
  is.field("job_id", &Run::job_id);
  is.field("settings", &Run::settings, {.about = "Complete: the run can be repeated from them."});
  is.field("metrics", &Run::metrics);
  is.field("created_at", &Run::created_at);
  is.field("ended_at", &Run::ended_at);
}

void RunStep::describe(wire::Description<RunStep>& is) {
  is.named("RunStep");
  is.field("step", &RunStep::step);
  is.field("metrics", &RunStep::metrics);
}

void RunWithSteps::describe(wire::Description<RunWithSteps>& is) {
  is.named("RunWithSteps");
  is.inlined(&RunWithSteps::run);
  is.field("steps", &RunWithSteps::steps);
}

void EvaluationSummary::describe(wire::Description<EvaluationSummary>& is) {
  is.named("EvaluationSummary");
  is.field("id", &EvaluationSummary::id);
  is.field("baseline_model_id", &EvaluationSummary::baseline_model_id);
  is.field("model_ids", &EvaluationSummary::model_ids);
  is.field("state", &EvaluationSummary::state, {.choices = evaluation_state_choices});
  is.field("created_at", &EvaluationSummary::created_at);
}

void Round::describe(wire::Description<Round>& is) {
  is.named("Round");
  is.inlined(&Round::summary);
  is.field("stages", &Round::stages);
  is.field("jobs", &Round::jobs);
  is.field("snapshots", &Round::snapshots);
  is.field("runs", &Round::runs);
  is.field("evaluations", &Round::evaluations);
}

void GenerateRequest::describe(wire::Description<GenerateRequest>& is) {
  is.named("GenerateRequest");
  is.field("model_id", &GenerateRequest::model_id);
  is.optional("split", &GenerateRequest::split,
              {.choices = split_choices, .about = "All prompts of this split …"});
  is.optional("prompt_ids", &GenerateRequest::prompt_ids,
              {.items_max = 100'000, .about = "… or just these."});
  is.optional("samples", &GenerateRequest::samples, {.minimum = 1, .maximum = 64});
  is.optional("temperature", &GenerateRequest::temperature, {.minimum = 0, .maximum = 5});
  is.optional("top_p", &GenerateRequest::top_p, {.minimum = 0.01, .maximum = 1});
  is.optional("seed", &GenerateRequest::seed, {.minimum = 0, .maximum = seed_max});
  is.optional("tokens_max", &GenerateRequest::tokens_max, {.minimum = 1, .maximum = 8192});
}

void SnapshotRequest::describe(wire::Description<SnapshotRequest>& is) {
  is.named("SnapshotRequest");
  is.optional("weighting", &SnapshotRequest::weighting, {.choices = weightings});
}

void TrainRequest::describe(wire::Description<TrainRequest>& is) {
  is.named("TrainRequest");
  is.field("objective", &TrainRequest::objective, {.choices = trainable_choices});
  is.field("base_model_id", &TrainRequest::base_model_id);
  is.field("snapshot_id", &TrainRequest::snapshot_id);
  is.field("name", &TrainRequest::name, {.length_min = 1, .length_max = 200});
  is.optional("seed", &TrainRequest::seed, {.minimum = 0, .maximum = seed_max});
  is.optional(
      "settings", &TrainRequest::settings,
      {.items_max = 32,
       .about = "By name: learning_rate, steps, epochs, batch_examples, warmup_steps, beta, label_smoothing, "
                "centring, weight_decay, microbatch_tokens, recompute; for a low-rank adapter lora_rank, "
                "lora_alpha, lora_rank_stabilised, base_bits. What is left out has the objective's "
                "default."});
  is.optional("shuffle_labels", &TrainRequest::shuffle_labels,
              {.about = "A placebo: the same data with its choices shuffled."});
}

void EvaluateRequest::describe(wire::Description<EvaluateRequest>& is) {
  is.named("EvaluateRequest");
  is.field("model_ids", &EvaluateRequest::model_ids, {.items_min = 1, .items_max = 32});
  is.field("baseline_model_id", &EvaluateRequest::baseline_model_id);
  is.optional("split", &EvaluateRequest::split, {.choices = split_choices});
  is.optional("temperature", &EvaluateRequest::temperature, {.minimum = 0, .maximum = 5});
  is.optional("seed", &EvaluateRequest::seed, {.minimum = 0, .maximum = seed_max});
  is.optional("tokens_max", &EvaluateRequest::tokens_max, {.minimum = 1, .maximum = 8192});
  is.optional(
      "blind_pairs", &EvaluateRequest::blind_pairs,
      {.minimum = 0, .maximum = 100'000, .about = "Blind comparisons against the baseline, for each model."});
}

}  // namespace preceptor::server::api
