#include "store/sql_records.hpp"
#include "store/values.hpp"

namespace preceptor::store {
namespace {

constexpr Statement insert_run{
    "run_add",
    "INSERT INTO run (project_id, round_id, job_id, objective, base_model_id, snapshot_id, model_id, name, "
    "settings, "
    "metrics, state, created_at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) "
    "RETURNING id"};
constexpr Statement select_run{"run",
                               "SELECT id, project_id, round_id, job_id, objective, base_model_id, "
                               "snapshot_id, model_id, name, settings, "
                               "metrics, state, created_at, ended_at FROM run WHERE id = $1"};
constexpr Statement select_run_of_job{
    "run_of_job",
    "SELECT id, project_id, round_id, job_id, objective, base_model_id, snapshot_id, model_id, name, "
    "settings, "
    "metrics, state, created_at, ended_at FROM run WHERE job_id = $1 ORDER BY id LIMIT 1"};
constexpr Statement select_runs{
    "runs",
    "SELECT id, project_id, round_id, job_id, objective, base_model_id, snapshot_id, model_id, name, "
    "settings, "
    "metrics, state, created_at, ended_at FROM run "
    "WHERE project_id = $1 AND (CAST($2 AS bigint) = 0 OR round_id = $2) ORDER BY id"};
constexpr Statement select_runs_on{
    "runs_on",
    "SELECT id, project_id, round_id, job_id, objective, base_model_id, snapshot_id, model_id, name, "
    "settings, "
    "metrics, state, created_at, ended_at FROM run WHERE snapshot_id = $1 ORDER BY id"};
constexpr Statement update_run_row{
    "run_update", "UPDATE run SET model_id = $2, metrics = $3, state = $4, ended_at = $5 WHERE id = $1"};
constexpr Statement upsert_run_step{"run_step_put",
                                    "INSERT INTO run_step (run_id, step, metrics) VALUES ($1, $2, $3) "
                                    "ON CONFLICT (run_id, step) DO UPDATE SET metrics = excluded.metrics"};
constexpr Statement select_run_steps{"run_steps",
                                     "SELECT step, metrics FROM run_step WHERE run_id = $1 ORDER BY step"};

constexpr Statement insert_model{"model_add",
                                 "INSERT INTO model (project_id, name, parent_id, run_id, objective, sha256, "
                                 "files, parameters, created_at) "
                                 "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id"};
constexpr Statement select_model{"model",
                                 "SELECT id, project_id, name, parent_id, run_id, objective, sha256, files, "
                                 "parameters, created_at FROM model "
                                 "WHERE id = $1"};
constexpr Statement select_model_with_hash{"model_with_hash",
                                           "SELECT id, project_id, name, parent_id, run_id, objective, "
                                           "sha256, files, parameters, created_at FROM model "
                                           "WHERE project_id = $1 AND sha256 = $2 ORDER BY id LIMIT 1"};
constexpr Statement select_models{"models",
                                  "SELECT id, project_id, name, parent_id, run_id, objective, sha256, files, "
                                  "parameters, created_at FROM model "
                                  "WHERE project_id = $1 ORDER BY id"};
constexpr Statement select_children{"models_children",
                                    "SELECT id, project_id, name, parent_id, run_id, objective, sha256, "
                                    "files, parameters, created_at FROM model "
                                    "WHERE parent_id = $1 ORDER BY id"};
constexpr Statement insert_promotion{"promotion_add",
                                     "INSERT INTO promotion (project_id, model_id, previous_model_id, "
                                     "evaluation_id, person_id, note, created_at) "
                                     "VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id"};
constexpr Statement select_promotions{"promotions",
                                      "SELECT id, project_id, model_id, previous_model_id, evaluation_id, "
                                      "person_id, note, created_at FROM promotion "
                                      "WHERE project_id = $1 ORDER BY id DESC"};

Run run_from(const Row& row) {
  return {.id = id_at<RunId>(row, 0),
          .project = id_at<ProjectId>(row, 1),
          .round = id_at<RoundId>(row, 2),
          .job = id_at<JobId>(row, 3),
          .objective = code_at<loop::Objective>(row, 4),
          .base_model = id_at<ModelId>(row, 5),
          .snapshot = id_at<SnapshotId>(row, 6),
          .model = id_at<ModelId>(row, 7),
          .name = row.text(8),
          .settings = row.text(9),
          .metrics = row.text(10),
          .state = code_at<loop::RunState>(row, 11),
          .created_at = moment_at(row, 12),
          .ended_at = moment_at(row, 13)};
}

Model model_from(const Row& row) {
  return {.id = id_at<ModelId>(row, 0),
          .project = id_at<ProjectId>(row, 1),
          .name = row.text(2),
          .parent = id_at<ModelId>(row, 3),
          .run = id_at<RunId>(row, 4),
          .objective = code_at<loop::Objective>(row, 5),
          .sha256 = row.text(6),
          .files = row.text(7),
          .parameters = row.integer(8),
          .created_at = moment_at(row, 9)};
}

}  // namespace

RunId SqlRecords::add_run(const Run& run) {
  return {connection_.number(
      insert_run, {key(run.project), key_or_null(run.round), key_or_null(run.job), code(run.objective),
                   key_or_null(run.base_model), key_or_null(run.snapshot), key_or_null(run.model),
                   text(run.name), text(run.settings), text(run.metrics), code(run.state),
                   moment(run.created_at), moment(run.ended_at)})};
}

std::optional<Run> SqlRecords::run(RunId id) { return connection_.first(select_run, {key(id)}, run_from); }

std::optional<Run> SqlRecords::run_of_job(JobId job) {
  return connection_.first(select_run_of_job, {key(job)}, run_from);
}

std::vector<Run> SqlRecords::runs(ProjectId project, RoundId round) {
  return connection_.all(select_runs, {key(project), key(round)}, run_from);
}

std::vector<Run> SqlRecords::runs_on(SnapshotId snapshot) {
  return connection_.all(select_runs_on, {key(snapshot)}, run_from);
}

void SqlRecords::update_run(const Run& run) {
  connection_.run(update_run_row, {key(run.id), key_or_null(run.model), text(run.metrics), code(run.state),
                                   moment(run.ended_at)});
}

void SqlRecords::put_run_step(RunId run, const RunStep& step) {
  connection_.run(upsert_run_step, {key(run), integer(step.step), text(step.metrics)});
}

std::vector<RunStep> SqlRecords::run_steps(RunId run) {
  return connection_.all(select_run_steps, {key(run)}, [](const Row& row) {
    return RunStep{.step = row.integer(0), .metrics = row.text(1)};
  });
}

ModelId SqlRecords::add_model(const Model& model) {
  return {connection_.number(
      insert_model, {key(model.project), text(model.name), key_or_null(model.parent), key_or_null(model.run),
                     code(model.objective), text(model.sha256), text(model.files), integer(model.parameters),
                     moment(model.created_at)})};
}

std::optional<Model> SqlRecords::model(ModelId id) {
  return connection_.first(select_model, {key(id)}, model_from);
}

std::optional<Model> SqlRecords::model_with_hash(ProjectId project, std::string_view sha256) {
  return connection_.first(select_model_with_hash, {key(project), text(sha256)}, model_from);
}

std::vector<Model> SqlRecords::models(ProjectId project) {
  return connection_.all(select_models, {key(project)}, model_from);
}

std::vector<Model> SqlRecords::children_of(ModelId parent) {
  return connection_.all(select_children, {key(parent)}, model_from);
}

PromotionId SqlRecords::add_promotion(const Promotion& promotion) {
  return {connection_.number(
      insert_promotion, {key(promotion.project), key(promotion.model), key_or_null(promotion.previous_model),
                         key_or_null(promotion.evaluation), key(promotion.person), text(promotion.note),
                         moment(promotion.created_at)})};
}

std::vector<Promotion> SqlRecords::promotions(ProjectId project) {
  return connection_.all(select_promotions, {key(project)}, [](const Row& row) {
    return Promotion{.id = id_at<PromotionId>(row, 0),
                     .project = id_at<ProjectId>(row, 1),
                     .model = id_at<ModelId>(row, 2),
                     .previous_model = id_at<ModelId>(row, 3),
                     .evaluation = id_at<EvaluationId>(row, 4),
                     .person = id_at<PersonId>(row, 5),
                     .note = row.text(6),
                     .created_at = moment_at(row, 7)};
  });
}

}  // namespace preceptor::store
