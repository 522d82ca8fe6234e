#include "store/slot_rows.hpp"
#include "store/sql_records.hpp"
#include "store/values.hpp"

namespace preceptor::store {
namespace {

constexpr Statement select_own_slot{
    "slot_own",
    "SELECT id, task_id, ordinal, state, person_id, lease_token, lease_expires_at FROM slot "
    "WHERE person_id = $1 AND project_id = $2 AND state <> 2 AND state <> 3 "
    "AND ((CAST(1 AS bigint) << CAST(kind AS integer)) & $3) <> 0 ORDER BY id LIMIT 1"};
// SQLite opens every index of the table for an update that finds nothing to do.
constexpr Statement find_expired_slot{
    "slots_expired",
    "SELECT count(*) FROM (SELECT 1 FROM slot WHERE project_id = $1 AND state = 1 AND lease_expires_at < $2 "
    "LIMIT 1) AS expired"};
constexpr Statement release_slots{
    .name = "slots_release",
    .text = "UPDATE slot SET state = 0 WHERE project_id = $1 AND state = 1 AND lease_expires_at < $2",
    .postgresql =
        "UPDATE slot SET state = 0 WHERE id IN (SELECT id FROM slot WHERE project_id = $1 AND state = 1 "
        "AND lease_expires_at < $2 ORDER BY id FOR UPDATE SKIP LOCKED)",
    .together =
        "UPDATE slot SET state = 0 WHERE id IN (SELECT expired.id FROM (SELECT project_id, max(now) AS now "
        "FROM "
        "unnest(CAST($1 AS bigint[]), CAST($2 AS bigint[])) AS many (project_id, now) GROUP BY project_id) "
        "AS "
        "latest CROSS JOIN LATERAL (SELECT id FROM slot WHERE slot.project_id = latest.project_id AND state "
        "= 1 "
        "AND lease_expires_at < latest.now ORDER BY id FOR UPDATE SKIP LOCKED) AS expired)"};

constexpr Statement select_slot{
    "slot",
    "SELECT id, task_id, ordinal, state, person_id, lease_token, lease_expires_at FROM slot WHERE id = $1"};
constexpr Statement lock_slot_row{
    "slot_lock",
    "SELECT id, task_id, ordinal, state, person_id, lease_token, lease_expires_at FROM slot WHERE id = $1",
    "SELECT id, task_id, ordinal, state, person_id, lease_token, lease_expires_at FROM slot WHERE id = $1 "
    "FOR UPDATE"};
constexpr Statement lock_slot_of_assignment{
    "slot_lock_of",
    "SELECT id, task_id, ordinal, state, person_id, lease_token, lease_expires_at FROM slot "
    "WHERE id = (SELECT slot_id FROM assignment WHERE person_id = $1 AND task_id = $2)",
    "SELECT id, task_id, ordinal, state, person_id, lease_token, lease_expires_at FROM slot "
    "WHERE id = (SELECT slot_id FROM assignment WHERE person_id = $1 AND task_id = $2) FOR UPDATE"};
constexpr Statement select_slots_of{"slots_of",
                                    "SELECT id, task_id, ordinal, state, person_id, lease_token, "
                                    "lease_expires_at FROM slot WHERE task_id = $1 "
                                    "ORDER BY ordinal"};
constexpr Statement update_slot_row{
    .name = "slot_update",
    .text =
        "UPDATE slot SET state = $2, person_id = $3, lease_token = $4, lease_expires_at = $5 WHERE id = $1",
    .key_values = 1};
// Without its person, whom two indexes of it go by.
constexpr Statement finish_slot_row{
    .name = "slot_finish", .text = "UPDATE slot SET state = 2 WHERE id = $1", .key_values = 1};
// A slot that is given back is kept for nobody.
constexpr Statement give_slot_back{
    .name = "slot_give_back",
    .text =
        "UPDATE slot SET state = $2, person_id = NULL, lease_token = $3, lease_expires_at = $4, "
        "lane_id = CASE WHEN kept_for IS NULL THEN lane_id "
        "ELSE (SELECT lane_id FROM task WHERE task.id = slot.task_id) END, kept_for = NULL WHERE id = $1",
    .key_values = 1};
constexpr Statement count_out_of_hands{
    "tasks_out_of_hands",
    "SELECT coalesce((SELECT sum(tasks_open) FROM tally WHERE project_id = "
    "$1), 0) - (SELECT count(*) FROM slot WHERE project_id = $1 AND state = 1)"};
constexpr Statement count_judgment_of_task{
    .name = "task_count_judgment",
    .text =
        "UPDATE task SET counted = counted + 1, state = CASE WHEN state = 0 AND gold_response_id IS NULL AND "
        "counted + 1 >= overlap THEN 1 ELSE state END WHERE id = $1",
    .key_values = 1};
// In steps where a statement that may change the state takes the task out of the indexes that go by it, and
// puts it back: most judgments change the count alone.
constexpr Statement count_judgment_alone{"task_count_judgment_alone",
                                         "UPDATE task SET counted = counted + 1 WHERE id = $1"};
constexpr Statement is_task_judged{
    "task_is_judged",
    "SELECT state = 0 AND gold_response_id IS NULL AND counted >= overlap FROM "
    "task WHERE id = $1"};
constexpr Statement finish_judged_task{"task_finish_judged", "UPDATE task SET state = 1 WHERE id = $1"};

constexpr Statement upsert_assignment{
    .name = "assignment_put",
    .text =
        "INSERT INTO assignment (person_id, task_id, slot_id, lease_token, state, assigned_at) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (person_id, task_id) DO UPDATE SET slot_id = "
        "excluded.slot_id, "
        "lease_token = excluded.lease_token, state = excluded.state, assigned_at = excluded.assigned_at",
    .key_values = 2};
constexpr Statement update_assignment_state{
    .name = "assignment_state",
    .text = "UPDATE assignment SET state = $3 WHERE person_id = $1 AND task_id = $2",
    .key_values = 2};
constexpr Statement select_assignment{
    "assignment",
    "SELECT task_id, person_id, slot_id, lease_token, state, assigned_at FROM assignment "
    "WHERE person_id = $1 AND task_id = $2"};
constexpr Statement insert_skip{
    "skip_add", "INSERT INTO skip (task_id, person_id, reason, created_at) VALUES ($1, $2, $3, $4)"};
constexpr Statement upsert_draft{
    .name = "draft_put",
    .text =
        "INSERT INTO draft (person_id, task_id, payload, saved_at) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (person_id, task_id) DO UPDATE SET payload = excluded.payload, saved_at = "
        "excluded.saved_at",
    .key_values = 2};
constexpr Statement select_draft{
    "draft", "SELECT task_id, person_id, payload, saved_at FROM draft WHERE person_id = $1 AND task_id = $2"};
constexpr Statement delete_draft{"draft_remove", "DELETE FROM draft WHERE person_id = $1 AND task_id = $2"};

}  // namespace

std::optional<Slot> SqlRecords::own_slot(ProjectId project, PersonId person,
                                         std::span<const TaskKind> kinds) {
  return connection_.first(select_own_slot, {key(person), key(project), kind_mask(kinds)}, slot_from);
}

void SqlRecords::release_expired(ProjectId project, Timestamp now) {
  if (connection_.dialect() == Dialect::sqlite &&
      connection_.number(find_expired_slot, {key(project), moment(now)}) == 0)
    return;
  connection_.post(release_slots, {key(project), moment(now)});
}

std::optional<Slot> SqlRecords::slot(SlotId id) {
  return connection_.first(select_slot, {key(id)}, slot_from);
}

std::optional<Slot> SqlRecords::lock_slot(SlotId id) {
  return connection_.first(lock_slot_row, {key(id)}, slot_from);
}

std::optional<Slot> SqlRecords::lock_slot_of(TaskId task, PersonId person) {
  return connection_.first(lock_slot_of_assignment, {key(person), key(task)}, slot_from);
}

std::vector<Slot> SqlRecords::slots_of(TaskId task) {
  return connection_.all(select_slots_of, {key(task)}, slot_from);
}

void SqlRecords::update_slot(const Slot& slot) {
  if (slot.person) {
    connection_.post(update_slot_row, {key(slot.id), code(slot.state), key(slot.person),
                                       text(slot.lease_token), moment(slot.lease_expires_at)});
  } else {
    connection_.post(give_slot_back,
                     {key(slot.id), code(slot.state), text(slot.lease_token), moment(slot.lease_expires_at)});
  }
}

void SqlRecords::finish_slot(SlotId id) { connection_.post(finish_slot_row, {key(id)}); }

std::int64_t SqlRecords::open_out_of_hands(ProjectId project) {
  if (const auto known = memory_.open.at_least(project)) return *known;
  const auto open = connection_.number(count_out_of_hands, {key(project)});
  memory_.open.keep(project, open);
  return open;
}

void SqlRecords::count_judgment(TaskId task) {
  if (connection_.dialect() == Dialect::postgresql) {
    connection_.post(count_judgment_of_task, {key(task)});
    return;
  }
  connection_.run(count_judgment_alone, {key(task)});
  if (connection_.number(is_task_judged, {key(task)}) != 0) connection_.run(finish_judged_task, {key(task)});
}

void SqlRecords::put_assignment(const Assignment& assignment) {
  connection_.post(upsert_assignment,
                   {key(assignment.person), key(assignment.task), key_or_null(assignment.slot),
                    text(assignment.lease_token), code(assignment.state), moment(assignment.assigned_at)});
}

void SqlRecords::set_assignment_state(TaskId task, PersonId person, AssignmentState state) {
  connection_.post(update_assignment_state, {key(person), key(task), code(state)});
}

std::optional<Assignment> SqlRecords::assignment(TaskId task, PersonId person) {
  return connection_.first(select_assignment, {key(person), key(task)}, [](const Row& row) {
    return Assignment{.task = id_at<TaskId>(row, 0),
                      .person = id_at<PersonId>(row, 1),
                      .slot = id_at<SlotId>(row, 2),
                      .lease_token = row.text(3),
                      .state = code_at<AssignmentState>(row, 4),
                      .assigned_at = moment_at(row, 5)};
  });
}

void SqlRecords::add_skip(TaskId task, PersonId person, std::string_view reason, Timestamp now) {
  connection_.post(insert_skip, {key(task), key(person), text(reason), moment(now)});
}

void SqlRecords::put_draft(const Draft& draft) {
  connection_.post(upsert_draft,
                   {key(draft.person), key(draft.task), text(draft.payload), moment(draft.saved_at)});
}

std::optional<Draft> SqlRecords::draft(TaskId task, PersonId person) {
  return connection_.first(select_draft, {key(person), key(task)}, [](const Row& row) {
    return Draft{.task = id_at<TaskId>(row, 0),
                 .person = id_at<PersonId>(row, 1),
                 .payload = row.text(2),
                 .saved_at = moment_at(row, 3)};
  });
}

void SqlRecords::remove_draft(TaskId task, PersonId person) {
  connection_.post(delete_draft, {key(person), key(task)});
}

}  // namespace preceptor::store
