#include "store/json_columns.hpp"
#include "store/sql_records.hpp"
#include "store/values.hpp"

namespace preceptor::store {
namespace {

constexpr Statement insert_evaluation{"evaluation_add",
                                      "INSERT INTO evaluation (project_id, round_id, job_id, "
                                      "baseline_model_id, model_ids, settings, state, columns, "
                                      "created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id"};
constexpr Statement select_evaluation{"evaluation",
                                      "SELECT id, project_id, round_id, job_id, baseline_model_id, "
                                      "model_ids, settings, state, columns, created_at "
                                      "FROM evaluation WHERE id = $1"};
constexpr Statement select_evaluation_of_job{"evaluation_of_job",
                                             "SELECT id, project_id, round_id, job_id, baseline_model_id, "
                                             "model_ids, settings, state, columns, created_at "
                                             "FROM evaluation WHERE job_id = $1 ORDER BY id LIMIT 1"};
constexpr Statement select_evaluations{
    "evaluations",
    "SELECT id, project_id, round_id, job_id, baseline_model_id, model_ids, settings, state, columns, "
    "created_at "
    "FROM evaluation WHERE project_id = $1 AND (CAST($2 AS bigint) = 0 OR round_id = $2) ORDER BY id"};
constexpr Statement update_evaluation_row{
    "evaluation_update", "UPDATE evaluation SET settings = $2, state = $3, columns = $4 WHERE id = $1"};
constexpr Statement insert_answer{"evaluation_answer_add",
                                  "INSERT INTO evaluation_answer (evaluation_id, prompt_id, model_id, "
                                  "response_id) VALUES ($1, $2, $3, $4)"};
constexpr Statement select_answers{
    "evaluation_answers",
    "SELECT evaluation_id, prompt_id, model_id, response_id FROM evaluation_answer WHERE evaluation_id = $1 "
    "ORDER BY prompt_id, model_id, response_id"};
constexpr Statement insert_pair{
    "evaluation_pair_add",
    "INSERT INTO evaluation_pair (evaluation_id, task_id, model_id) VALUES ($1, $2, $3)"};
constexpr Statement select_pairs{
    "evaluation_pairs",
    "SELECT evaluation_id, task_id, model_id FROM evaluation_pair WHERE evaluation_id = $1 ORDER BY task_id"};
constexpr Statement count_blind{
    "evaluation_blind_counts",
    "SELECT CAST(coalesce(sum(overlap), 0) AS bigint), CAST(coalesce(sum(counted), 0) AS bigint) "
    "FROM evaluation_pair JOIN task ON task.id = task_id WHERE evaluation_id = $1"};
constexpr Statement upsert_metric{
    "metric_put",
    "INSERT INTO metric_value (evaluation_id, metric, response_id, value) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (evaluation_id, metric, response_id) DO UPDATE SET value = excluded.value"};
constexpr Statement select_metrics{
    "metrics",
    "SELECT evaluation_id, response_id, metric, value FROM metric_value WHERE evaluation_id = $1 "
    "ORDER BY metric, response_id"};

Evaluation evaluation_from(const Row& row) {
  return {.id = id_at<EvaluationId>(row, 0),
          .project = id_at<ProjectId>(row, 1),
          .round = id_at<RoundId>(row, 2),
          .job = id_at<JobId>(row, 3),
          .baseline_model = id_at<ModelId>(row, 4),
          .models = ids_from<ModelId>(row.text(5)),
          .settings = row.text(6),
          .state = code_at<loop::EvaluationState>(row, 7),
          .columns = columns_from(row.text(8)),
          .created_at = moment_at(row, 9)};
}

}  // namespace

EvaluationId SqlRecords::add_evaluation(const Evaluation& evaluation) {
  return {connection_.number(
      insert_evaluation,
      {key(evaluation.project), key_or_null(evaluation.round), key_or_null(evaluation.job),
       key(evaluation.baseline_model), text(ids_text(evaluation.models)), text(evaluation.settings),
       code(evaluation.state), text(columns_text(evaluation.columns)), moment(evaluation.created_at)})};
}

std::optional<Evaluation> SqlRecords::evaluation(EvaluationId id) {
  return connection_.first(select_evaluation, {key(id)}, evaluation_from);
}

std::optional<Evaluation> SqlRecords::evaluation_of_job(JobId job) {
  return connection_.first(select_evaluation_of_job, {key(job)}, evaluation_from);
}

std::vector<Evaluation> SqlRecords::evaluations(ProjectId project, RoundId round) {
  return connection_.all(select_evaluations, {key(project), key(round)}, evaluation_from);
}

void SqlRecords::update_evaluation(const Evaluation& evaluation) {
  connection_.run(update_evaluation_row, {key(evaluation.id), text(evaluation.settings),
                                          code(evaluation.state), text(columns_text(evaluation.columns))});
}

void SqlRecords::add_evaluation_answer(const EvaluationAnswer& answer) {
  connection_.run(insert_answer,
                  {key(answer.evaluation), key(answer.prompt), key(answer.model), key(answer.response)});
}

std::vector<EvaluationAnswer> SqlRecords::evaluation_answers(EvaluationId id) {
  return connection_.all(select_answers, {key(id)}, [](const Row& row) {
    return EvaluationAnswer{.evaluation = id_at<EvaluationId>(row, 0),
                            .prompt = id_at<PromptId>(row, 1),
                            .model = id_at<ModelId>(row, 2),
                            .response = id_at<ResponseId>(row, 3)};
  });
}

void SqlRecords::add_evaluation_pair(const EvaluationPair& pair) {
  connection_.run(insert_pair, {key(pair.evaluation), key(pair.task), key(pair.model)});
}

std::vector<EvaluationPair> SqlRecords::evaluation_pairs(EvaluationId id) {
  return connection_.all(select_pairs, {key(id)}, [](const Row& row) {
    return EvaluationPair{.evaluation = id_at<EvaluationId>(row, 0),
                          .task = id_at<TaskId>(row, 1),
                          .model = id_at<ModelId>(row, 2)};
  });
}

BlindCounts SqlRecords::blind_counts(EvaluationId evaluation) {
  return connection_
      .first(count_blind, {key(evaluation)},
             [](const Row& row) { return BlindCounts{.wanted = row.integer(0), .done = row.integer(1)}; })
      .value_or(BlindCounts{});
}

void SqlRecords::put_metric_value(const MetricValue& metric) {
  connection_.run(upsert_metric,
                  {key(metric.evaluation), text(metric.metric), key(metric.response), real(metric.value)});
}

std::vector<MetricValue> SqlRecords::metric_values(EvaluationId id) {
  return connection_.all(select_metrics, {key(id)}, [](const Row& row) {
    return MetricValue{.evaluation = id_at<EvaluationId>(row, 0),
                       .response = id_at<ResponseId>(row, 1),
                       .metric = row.text(2),
                       .value = row.real(3)};
  });
}

}  // namespace preceptor::store
