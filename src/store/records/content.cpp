#include <limits>

#include "store/composed.hpp"
#include "store/json_columns.hpp"
#include "store/sql_records.hpp"
#include "store/values.hpp"

namespace preceptor::store {
namespace {

constexpr Statement insert_prompt{
    "prompt_add",
    "INSERT INTO prompt (project_id, messages, intent, domain, language, hazard, difficulty, split, source, "
    "key, "
    "author_id, created_at, written_in_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) "
    "RETURNING id"};
constexpr Statement select_prompt{"prompt",
                                  "SELECT id, project_id, messages, intent, domain, language, hazard, "
                                  "difficulty, split, source, key, author_id, "
                                  "created_at, written_in_id FROM prompt WHERE id = $1"};
constexpr Statement select_prompt_of_task{
    "prompt_of_task",
    "SELECT id, project_id, messages, intent, domain, language, hazard, difficulty, split, source, key, "
    "author_id, created_at, written_in_id FROM prompt "
    "WHERE id = (SELECT prompt_id FROM task WHERE task.id = $1)"};
constexpr Statement select_prompt_with_key{
    "prompt_with_key", "SELECT id FROM prompt WHERE project_id = $1 AND key = $2 AND key <> ''"};
constexpr Statement select_prompts{
    "prompts",
    "SELECT id, project_id, messages, intent, domain, language, hazard, difficulty, split, source, key, "
    "author_id, "
    "created_at, written_in_id FROM prompt WHERE project_id = $1 AND (CAST($2 AS bigint) = -1 OR split = $2) "
    "AND id > $3 "
    "ORDER BY id LIMIT $4"};

constexpr Statement insert_response{
    "response_add",
    "INSERT INTO response (project_id, prompt_id, text, model_id, round_id, settings, created_at, "
    "written_in_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id"};
constexpr Statement select_response{"response",
                                    "SELECT id, project_id, prompt_id, text, model_id, round_id, settings, "
                                    "created_at, written_in_id FROM response WHERE id = $1"};
constexpr Statement select_responses_of_task{
    "responses_of_task",
    "SELECT response.id, response.project_id, response.prompt_id, text, model_id, response.round_id, "
    "settings, "
    "response.created_at, written_in_id FROM task, json_each(task.response_ids) AS wanted "
    "JOIN response ON response.id = wanted.value WHERE task.id = $1 ORDER BY wanted.key",
    "SELECT response.id, response.project_id, response.prompt_id, text, model_id, response.round_id, "
    "settings, "
    "response.created_at, written_in_id FROM task CROSS JOIN LATERAL "
    "json_array_elements_text(CAST(task.response_ids AS json)) WITH ORDINALITY AS wanted (id, place) "
    "JOIN response ON response.id = CAST(wanted.id AS bigint) WHERE task.id = $1 ORDER BY wanted.place"};
// The same list by the narrowest index that the filter allows.
constexpr Statement select_responses{
    "responses",
    "SELECT id, project_id, prompt_id, text, model_id, round_id, settings, created_at, written_in_id FROM "
    "response "
    "WHERE project_id = $1 AND (CAST($2 AS bigint) = 0 OR round_id = $2) "
    "AND (CAST($3 AS bigint) = 0 OR model_id = $3) AND (CAST($4 AS bigint) = 0 OR prompt_id = $4) AND id > "
    "$5 "
    "ORDER BY id LIMIT $6"};
constexpr Statement select_responses_of_round{
    "responses_of_round",
    "SELECT id, project_id, prompt_id, text, model_id, round_id, settings, created_at, written_in_id FROM "
    "response "
    "WHERE project_id = $1 AND round_id = $2 "
    "AND (CAST($3 AS bigint) = 0 OR model_id = $3) AND (CAST($4 AS bigint) = 0 OR prompt_id = $4) AND id > "
    "$5 "
    "ORDER BY id LIMIT $6"};
constexpr Statement select_responses_of_prompt{
    "responses_of_prompt",
    "SELECT id, project_id, prompt_id, text, model_id, round_id, settings, created_at, written_in_id FROM "
    "response "
    "WHERE project_id = $1 AND (CAST($2 AS bigint) = 0 OR round_id = $2) "
    "AND (CAST($3 AS bigint) = 0 OR model_id = $3) AND prompt_id = $4 AND id > $5 ORDER BY id LIMIT $6"};

constexpr Statement insert_task{
    "task_add",
    "INSERT INTO task (project_id, kind, prompt_id, response_ids, overlap, priority, purpose, "
    "gold_response_id, "
    "gold_explanation, round_id, state, guideline_version, rubric_version, created_at, lane_id, "
    "subject_id, about_id, deadline) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) RETURNING id"};
constexpr Statement insert_slots{
    "task_slots_add",
    "WITH RECURSIVE number (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n + 1 < $5) "
    "INSERT INTO slot (task_id, ordinal, project_id, kind, priority, gold, lane_id, due) "
    "SELECT $1, n, $2, $3, $4, 0, $6, $7 FROM number",
    "INSERT INTO slot (task_id, ordinal, project_id, kind, priority, gold, lane_id, due) "
    "SELECT CAST($1 AS bigint), n, CAST($2 AS bigint), CAST($3 AS bigint), CAST($4 AS bigint), 0, "
    "CAST($6 AS bigint), CAST($7 AS bigint) FROM generate_series(0, CAST($5 AS bigint) - 1) AS n ORDER BY n"};
constexpr std::string_view task_columns =
    "SELECT id, project_id, kind, prompt_id, response_ids, overlap, priority, purpose, gold_response_id, "
    "gold_explanation, round_id, state, counted, guideline_version, rubric_version, created_at, lane_id, "
    "subject_id, about_id, deadline FROM task ";
// The list's filter; what its index goes by stands before it.
constexpr std::string_view task_filter =
    "AND (CAST($4 AS bigint) = -1 OR purpose = $4) "
    "AND (CAST($5 AS bigint) = -1 OR $5 = CASE WHEN gold_response_id IS NULL THEN 0 ELSE 1 END) ";
constexpr std::string_view task_page = "AND id > $7 ORDER BY id LIMIT $8";

const Statement& task_by_id() {
  static const Composed composed("task", {task_columns, "WHERE id = $1"});
  return composed.statement;
}

// Each goes by an index of its own, so that a page is found at once however rare its tasks are.
const Statement& tasks_by(const TaskFilter& wanted) {
  static constexpr std::string_view any_round = "AND (CAST($6 AS bigint) = 0 OR round_id = $6) ";
  static constexpr std::string_view any_kind =
      "WHERE project_id = $1 AND (CAST($2 AS bigint) = -1 OR state = $2) "
      "AND (CAST($3 AS bigint) = -1 OR kind = $3) ";
  static const Composed all("tasks", {task_columns, any_kind, task_filter, any_round, task_page});
  static const Composed of_round("tasks_of_round",
                                 {task_columns, any_kind, task_filter, "AND round_id = $6 ", task_page});
  static const Composed of_state(
      "tasks_of_state", {task_columns, "WHERE project_id = $1 AND state = $2 AND CAST($3 AS bigint) = -1 ",
                         task_filter, any_round, task_page});
  static const Composed of_kind(
      "tasks_of_kind", {task_columns, "WHERE project_id = $1 AND CAST($2 AS bigint) = -1 AND kind = $3 ",
                        task_filter, any_round, task_page});
  static const Composed of_both("tasks_of_state_and_kind",
                                {task_columns, "WHERE project_id = $1 AND state = $2 AND kind = $3 ",
                                 task_filter, any_round, task_page});
  if (wanted.round) return of_round.statement;
  if (wanted.state && wanted.kind) return of_both.statement;
  if (wanted.state) return of_state.statement;
  return wanted.kind ? of_kind.statement : all.statement;
}

constexpr Statement count_tasks{
    "task_counts",
    "SELECT count(*), coalesce(sum(CASE WHEN state = 1 THEN 1 ELSE 0 END), 0), coalesce(sum(overlap), 0), "
    "coalesce(sum(counted), 0) FROM task "
    "WHERE project_id = $1 AND (CAST($2 AS bigint) = -1 OR state = $2) AND (CAST($3 AS bigint) = -1 OR kind "
    "= $3) "
    "AND (CAST($4 AS bigint) = -1 OR purpose = $4) "
    "AND (CAST($5 AS bigint) = -1 OR $5 = CASE WHEN gold_response_id IS NULL THEN 0 ELSE 1 END) "
    "AND (CAST($6 AS bigint) = 0 OR round_id = $6)"};
constexpr Statement count_tasks_of_round{
    "task_counts_of_round",
    "SELECT count(*), coalesce(sum(CASE WHEN state = 1 THEN 1 ELSE 0 END), 0), coalesce(sum(overlap), 0), "
    "coalesce(sum(counted), 0) FROM task "
    "WHERE project_id = $1 AND (CAST($2 AS bigint) = -1 OR state = $2) AND (CAST($3 AS bigint) = -1 OR kind "
    "= $3) "
    "AND (CAST($4 AS bigint) = -1 OR purpose = $4) "
    "AND (CAST($5 AS bigint) = -1 OR $5 = CASE WHEN gold_response_id IS NULL THEN 0 ELSE 1 END) "
    "AND round_id = $6"};

constexpr std::int64_t no_deadline = std::numeric_limits<std::int64_t>::max();

Prompt prompt_from(const Row& row) {
  return {.id = id_at<PromptId>(row, 0),
          .project = id_at<ProjectId>(row, 1),
          .messages = messages_from(row.text(2)),
          .intent = row.text(3),
          .domain = row.text(4),
          .language = row.text(5),
          .hazard = row.text(6),
          .difficulty = row.text(7),
          .split = code_at<feedback::Split>(row, 8),
          .source = row.text(9),
          .key = row.text(10),
          .author = id_at<PersonId>(row, 11),
          .written_in = id_at<feedback::JudgmentId>(row, 13),
          .created_at = moment_at(row, 12)};
}

Response response_from(const Row& row) {
  return {.id = id_at<ResponseId>(row, 0),
          .project = id_at<ProjectId>(row, 1),
          .prompt = id_at<PromptId>(row, 2),
          .text = row.text(3),
          .model = id_at<ModelId>(row, 4),
          .round = id_at<RoundId>(row, 5),
          .settings = row.text(6),
          .written_in = id_at<feedback::JudgmentId>(row, 8),
          .created_at = moment_at(row, 7)};
}

Task task_from(const Row& row) {
  Task task{.id = id_at<TaskId>(row, 0),
            .project = id_at<ProjectId>(row, 1),
            .kind = code_at<TaskKind>(row, 2),
            .prompt = id_at<PromptId>(row, 3),
            .responses = ids_from<ResponseId>(row.text(4)),
            .subject = id_at<feedback::JudgmentId>(row, 17),
            .about = id_at<TaskId>(row, 18),
            .lane = id_at<LaneId>(row, 16),
            .deadline = moment_at(row, 19),
            .overlap = row.integer(5),
            .priority = row.integer(6),
            .purpose = code_at<feedback::Purpose>(row, 7),
            .gold = std::nullopt,
            .round = id_at<RoundId>(row, 10),
            .state = code_at<feedback::TaskState>(row, 11),
            .counted = row.integer(12),
            .guideline_version = row.integer(13),
            .rubric_version = row.integer(14),
            .created_at = moment_at(row, 15)};
  if (!row.is_null(8)) task.gold = {.better = id_at<ResponseId>(row, 8), .explanation = row.text(9)};
  return task;
}

TaskCounts counts_from(const Row& row) {
  return {.tasks = row.integer(0),
          .done = row.integer(1),
          .judgments_wanted = row.integer(2),
          .judgments_counted = row.integer(3)};
}

}  // namespace

PromptId SqlRecords::add_prompt(const Prompt& prompt) {
  return {connection_.number(
      insert_prompt,
      {key(prompt.project), text(messages_text(prompt.messages)), text(prompt.intent), text(prompt.domain),
       text(prompt.language), text(prompt.hazard), text(prompt.difficulty), code(prompt.split),
       text(prompt.source), text(prompt.key), key_or_null(prompt.author), moment(prompt.created_at),
       key_or_null(prompt.written_in)})};
}

std::optional<Prompt> SqlRecords::prompt(PromptId id) {
  return connection_.first(select_prompt, {key(id)}, prompt_from);
}

std::optional<PromptId> SqlRecords::prompt_with_key(ProjectId project, std::string_view name) {
  return connection_.first(select_prompt_with_key, {key(project), text(name)},
                           [](const Row& row) { return id_at<PromptId>(row, 0); });
}

Listing<Prompt> SqlRecords::prompts(const PromptFilter& filter) {
  return listing(connection_.all(select_prompts,
                                 {key(filter.project), code_or_any(filter.split), integer(filter.page.after),
                                  integer(rows_for(filter.page))},
                                 prompt_from),
                 filter.page, [](const Prompt& prompt) { return prompt.id.value; });
}

std::optional<Prompt> SqlRecords::prompt_of(TaskId task) {
  return connection_.first(select_prompt_of_task, {key(task)}, prompt_from);
}

std::vector<Response> SqlRecords::responses_of(TaskId task) {
  return connection_.all(select_responses_of_task, {key(task)}, response_from);
}

ResponseId SqlRecords::add_response(const Response& response) {
  return {connection_.number(
      insert_response, {key(response.project), key(response.prompt), text(response.text),
                        key_or_null(response.model), key_or_null(response.round), text(response.settings),
                        moment(response.created_at), key_or_null(response.written_in)})};
}

std::optional<Response> SqlRecords::response(ResponseId id) {
  return connection_.first(select_response, {key(id)}, response_from);
}

Listing<Response> SqlRecords::responses(const ResponseFilter& filter) {
  const Statement& statement = filter.prompt  ? select_responses_of_prompt
                               : filter.round ? select_responses_of_round
                                              : select_responses;
  return listing(
      connection_.all(statement,
                      {key(filter.project), key(filter.round), key(filter.model), key(filter.prompt),
                       integer(filter.page.after), integer(rows_for(filter.page))},
                      response_from),
      filter.page, [](const Response& response) { return response.id.value; });
}

TaskId SqlRecords::add_task(const Task& task) {
  const ResponseId gold = task.gold ? task.gold->better : ResponseId{};
  const std::string_view explanation =
      task.gold ? std::string_view(task.gold->explanation) : std::string_view();
  const TaskId id{connection_.number(
      insert_task,
      {key(task.project), code(task.kind), key(task.prompt), text(ids_text(task.responses)),
       integer(task.overlap), integer(task.priority), code(task.purpose), key_or_null(gold),
       text(explanation), key_or_null(task.round), code(task.state), integer(task.guideline_version),
       integer(task.rubric_version), moment(task.created_at), key_or_null(task.lane),
       key_or_null(task.subject), key_or_null(task.about), moment(task.deadline)})};
  if (!task.gold) {
    connection_.run(insert_slots,
                    {key(id), key(task.project), code(task.kind), integer(task.priority),
                     integer(task.overlap), key_or_null(task.lane),
                     integer(task.deadline.microseconds == 0 ? no_deadline : task.deadline.microseconds)});
  }
  return id;
}

std::optional<Task> SqlRecords::task(TaskId id) {
  return connection_.first(task_by_id(), {key(id)}, task_from);
}

Listing<Task> SqlRecords::tasks(const TaskFilter& filter) {
  return listing(connection_.all(tasks_by(filter),
                                 {key(filter.project), code_or_any(filter.state), code_or_any(filter.kind),
                                  code_or_any(filter.purpose), flag_or_any(filter.gold), key(filter.round),
                                  integer(filter.page.after), integer(rows_for(filter.page))},
                                 task_from),
                 filter.page, [](const Task& task) { return task.id.value; });
}

TaskCounts SqlRecords::task_counts(const TaskFilter& filter) {
  return connection_
      .first(filter.round ? count_tasks_of_round : count_tasks,
             {key(filter.project), code_or_any(filter.state), code_or_any(filter.kind),
              code_or_any(filter.purpose), flag_or_any(filter.gold), key(filter.round)},
             counts_from)
      .value_or(TaskCounts{});
}

}  // namespace preceptor::store
