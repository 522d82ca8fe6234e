#include "store/composed.hpp"
#include "store/sql_records.hpp"
#include "store/values.hpp"

namespace preceptor::store {
namespace {

constexpr std::string_view inserted_columns =
    "project_id, task_id, kind, slot_id, person_id, payload, seconds_active, counted, gold_right, "
    "supersedes_id, idempotency_key, guideline_version, rubric_version, created_at, round_id, purpose, "
    "gold) ";
constexpr std::string_view inserted_values =
    "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
    "(SELECT round_id FROM task WHERE id = $2), (SELECT purpose FROM task WHERE id = $2), "
    "(SELECT CASE WHEN gold_response_id IS NULL THEN 0 ELSE 1 END FROM task WHERE id = $2)) ";
const Statement& insert_judgment() {
  static const Composed composed("judgment_add",
                                 {"INSERT INTO judgment (", inserted_columns, "VALUES (", inserted_values});
  return composed.statement;
}
// Where waiting for the id of an inserted row would be a journey, it is drawn beforehand.
constexpr Statement draw_judgment_id{
    .name = "judgment_next",
    .text = "",
    .postgresql = "SELECT nextval('judgment_id_seq')",
    .draws = true,
    .together =
        "SELECT place, nextval('judgment_id_seq') FROM generate_series(1, CAST($1 AS bigint)) AS place"};
const Statement& insert_judgment_as() {
  static const Composed composed(
      "judgment_add_as", {"INSERT INTO judgment (id, ", inserted_columns, "VALUES ($15, ", inserted_values});
  return composed.statement;
}

constexpr std::string_view columns =
    "SELECT id, project_id, task_id, kind, slot_id, person_id, payload, seconds_active, "
    "coalesce((SELECT counts FROM standing WHERE standing.judgment_id = judgment.id), counted), gold_right, "
    "supersedes_id, idempotency_key, guideline_version, rubric_version, created_at FROM judgment ";
// The list's filter; what its index goes by stands before it.
constexpr std::string_view filter =
    "AND (CAST($4 AS bigint) = -1 OR kind = $4) AND (CAST($5 AS bigint) = -1 OR purpose = $5) "
    "AND (CAST($6 AS bigint) = -1 OR gold = $6) AND (CAST($7 AS bigint) = -1 "
    "OR coalesce((SELECT counts FROM standing WHERE standing.judgment_id = judgment.id), counted) = $7) "
    "AND (CAST($8 AS bigint) = 0 OR NOT EXISTS (SELECT 1 FROM judgment later "
    "WHERE later.supersedes_id = judgment.id)) AND id > $9 ORDER BY id LIMIT $10";

const Statement& by_id() {
  static const Composed composed("judgment", {columns, "WHERE id = $1"});
  return composed.statement;
}
const Statement& by_key() {
  static const Composed composed(
      "judgment_with_key",
      {columns, "WHERE person_id = $1 AND idempotency_key = $2 AND idempotency_key <> ''"});
  return composed.statement;
}
const Statement& latest() {
  static const Composed composed(
      "judgment_latest", {columns,
                          "WHERE task_id = $1 AND person_id = $2 AND NOT EXISTS "
                          "(SELECT 1 FROM judgment later WHERE later.supersedes_id = judgment.id) LIMIT 1"});
  return composed.statement;
}

const Statement& list_for(const JudgmentFilter& wanted) {
  static const Composed of_task(
      "judgments_of_task",
      {columns,
       "WHERE project_id = $1 AND task_id = $11 AND (CAST($2 AS bigint) = 0 OR round_id = $2) "
       "AND (CAST($3 AS bigint) = 0 OR person_id = $3) ",
       filter});
  static const Composed of_person(
      "judgments_of_person",
      {columns,
       "WHERE project_id = $1 AND person_id = $3 AND (CAST($2 AS bigint) = 0 OR round_id = $2) "
       "AND (CAST($11 AS bigint) = 0 OR task_id = $11) ",
       filter});
  static const Composed of_round(
      "judgments_of_round",
      {columns,
       "WHERE project_id = $1 AND round_id = $2 AND (CAST($3 AS bigint) = 0 OR person_id = $3) "
       "AND (CAST($11 AS bigint) = 0 OR task_id = $11) ",
       filter});
  static const Composed of_project(
      "judgments_of_project",
      {columns,
       "WHERE project_id = $1 AND (CAST($2 AS bigint) = 0 OR round_id = $2) "
       "AND (CAST($3 AS bigint) = 0 OR person_id = $3) AND (CAST($11 AS bigint) = 0 OR task_id = $11) ",
       filter});
  if (wanted.task) return of_task.statement;
  if (wanted.person) return of_person.statement;
  return wanted.round ? of_round.statement : of_project.statement;
}

constexpr Statement select_newest{"judgment_newest",
                                  "SELECT id FROM judgment WHERE project_id = $1 ORDER BY id DESC LIMIT 1"};

// Nobody judges five thousand times a day, and only the newest need be looked at.
constexpr Statement select_progress{
    "progress",
    "SELECT coalesce((SELECT judgments FROM membership WHERE project_id = $1 AND person_id = $2), 0), "
    "(SELECT count(*) FROM (SELECT created_at, supersedes_id FROM judgment WHERE person_id = $2 "
    "AND project_id = $1 ORDER BY id DESC LIMIT 5000) AS newest "
    "WHERE supersedes_id IS NULL AND created_at >= $3), "
    "(SELECT count(*) FROM draft JOIN task ON task.id = draft.task_id "
    "WHERE draft.person_id = $2 AND task.project_id = $1)"};

Judgment judgment_from(const Row& row) {
  return {.id = id_at<JudgmentId>(row, 0),
          .project = id_at<ProjectId>(row, 1),
          .task = id_at<TaskId>(row, 2),
          .kind = code_at<TaskKind>(row, 3),
          .slot = id_at<SlotId>(row, 4),
          .person = id_at<PersonId>(row, 5),
          .payload = row.text(6),
          .seconds_active = row.real(7),
          .counted = flag_at(row, 8),
          .gold_right = row.is_null(9) ? std::nullopt : std::optional<bool>(flag_at(row, 9)),
          .supersedes = id_at<JudgmentId>(row, 10),
          .idempotency_key = row.text(11),
          .guideline_version = row.integer(12),
          .rubric_version = row.integer(13),
          .created_at = moment_at(row, 14)};
}

}  // namespace

JudgmentId SqlRecords::next_judgment() { return {connection_.number(draw_judgment_id, {})}; }

JudgmentId SqlRecords::add_judgment(const Judgment& judgment) {
  const Value project = key(judgment.project), task = key(judgment.task), kind = code(judgment.kind),
              slot = key_or_null(judgment.slot), person = key(judgment.person),
              payload = text(judgment.payload), seconds = real(judgment.seconds_active),
              counted = flag(judgment.counted), right = flag_or_null(judgment.gold_right),
              supersedes = key_or_null(judgment.supersedes), name = text(judgment.idempotency_key),
              guideline = integer(judgment.guideline_version), rubric = integer(judgment.rubric_version),
              at = moment(judgment.created_at);
  if (connection_.dialect() == Dialect::sqlite) {
    connection_.run(insert_judgment(), {project, task, kind, slot, person, payload, seconds, counted, right,
                                        supersedes, name, guideline, rubric, at});
    return {connection_.number(inserted_in_sqlite, {})};
  }
  const JudgmentId id = next_judgment();
  connection_.post(insert_judgment_as(), {project, task, kind, slot, person, payload, seconds, counted, right,
                                          supersedes, name, guideline, rubric, at, key(id)});
  return id;
}

std::optional<Judgment> SqlRecords::judgment(JudgmentId id) {
  return connection_.first(by_id(), {key(id)}, judgment_from);
}

std::optional<Judgment> SqlRecords::judgment_with_key(PersonId person, std::string_view idempotency_key) {
  return connection_.first(by_key(), {key(person), text(idempotency_key)}, judgment_from);
}

std::optional<Judgment> SqlRecords::latest_judgment(TaskId task, PersonId person) {
  return connection_.first(latest(), {key(task), key(person)}, judgment_from);
}

Listing<Judgment> SqlRecords::judgments(const JudgmentFilter& wanted) {
  return listing(
      connection_.all(list_for(wanted),
                      {key(wanted.project), key(wanted.round), key(wanted.person), code_or_any(wanted.kind),
                       code_or_any(wanted.purpose), flag_or_any(wanted.gold), flag_or_any(wanted.counted),
                       flag(wanted.current_only), integer(wanted.page.after), integer(rows_for(wanted.page)),
                       key(wanted.task)},
                      judgment_from),
      wanted.page, [](const Judgment& judgment) { return judgment.id.value; });
}

JudgmentId SqlRecords::newest_judgment(ProjectId project) {
  return {connection_.number(select_newest, {key(project)})};
}

PersonProgress SqlRecords::progress(ProjectId project, PersonId person, Timestamp today_begins) {
  return connection_
      .first(select_progress, {key(project), key(person), moment(today_begins)},
             [](const Row& row) {
               return PersonProgress{
                   .done = row.integer(0), .done_today = row.integer(1), .drafts = row.integer(2)};
             })
      .value_or(PersonProgress{});
}

}  // namespace preceptor::store
