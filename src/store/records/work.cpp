#include "store/sql_records.hpp"
#include "store/values.hpp"

namespace preceptor::store {
namespace {

constexpr Statement select_own_slot{
    "slot_own",
    "SELECT id, task_id, ordinal, state, person_id, lease_token, lease_expires_at FROM slot "
    "WHERE person_id = $1 AND project_id = $2 AND state <> 2 AND kind IN ($3, $4, $5) ORDER BY id LIMIT 1"};
constexpr Statement release_slots{
    "slots_release",
    "UPDATE slot SET state = 0 WHERE project_id = $1 AND state = 1 AND lease_expires_at < $2",
    "UPDATE slot SET state = 0 WHERE id IN (SELECT id FROM slot WHERE project_id = $1 AND state = 1 "
    "AND lease_expires_at < $2 ORDER BY id FOR UPDATE SKIP LOCKED)"};

// One step in the index slot_open for each kind asked for, then the best of the three.
constexpr Statement claim_open_slot{
    "slot_claim",
    "UPDATE slot SET state = 1, person_id = $1, lease_token = $6, lease_expires_at = $7 WHERE id = (SELECT "
    "id FROM ("
    "SELECT * FROM (SELECT id, priority, task_id, ordinal FROM slot WHERE project_id = $2 AND kind = $3 AND "
    "state = 0 "
    "AND gold = 0 AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.person_id = $1 AND a.task_id = "
    "slot.task_id) "
    "ORDER BY priority DESC, task_id, ordinal LIMIT 1) AS first "
    "UNION ALL "
    "SELECT * FROM (SELECT id, priority, task_id, ordinal FROM slot WHERE project_id = $2 AND kind = $4 AND "
    "state = 0 "
    "AND gold = 0 AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.person_id = $1 AND a.task_id = "
    "slot.task_id) "
    "ORDER BY priority DESC, task_id, ordinal LIMIT 1) AS second "
    "UNION ALL "
    "SELECT * FROM (SELECT id, priority, task_id, ordinal FROM slot WHERE project_id = $2 AND kind = $5 AND "
    "state = 0 "
    "AND gold = 0 AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.person_id = $1 AND a.task_id = "
    "slot.task_id) "
    "ORDER BY priority DESC, task_id, ordinal LIMIT 1) AS third"
    ") AS best ORDER BY priority DESC, task_id, ordinal LIMIT 1) "
    "RETURNING id, task_id, ordinal, state, person_id, lease_token, lease_expires_at",
    "UPDATE slot SET state = 1, person_id = $1, lease_token = $6, lease_expires_at = $7 WHERE id = (SELECT "
    "id FROM ("
    "SELECT * FROM (SELECT id, priority, task_id, ordinal FROM slot WHERE project_id = $2 AND kind = $3 AND "
    "state = 0 "
    "AND gold = 0 AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.person_id = $1 AND a.task_id = "
    "slot.task_id) "
    "ORDER BY priority DESC, task_id, ordinal LIMIT 1 FOR UPDATE OF slot SKIP LOCKED) AS first "
    "UNION ALL "
    "SELECT * FROM (SELECT id, priority, task_id, ordinal FROM slot WHERE project_id = $2 AND kind = $4 AND "
    "state = 0 "
    "AND gold = 0 AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.person_id = $1 AND a.task_id = "
    "slot.task_id) "
    "ORDER BY priority DESC, task_id, ordinal LIMIT 1 FOR UPDATE OF slot SKIP LOCKED) AS second "
    "UNION ALL "
    "SELECT * FROM (SELECT id, priority, task_id, ordinal FROM slot WHERE project_id = $2 AND kind = $5 AND "
    "state = 0 "
    "AND gold = 0 AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.person_id = $1 AND a.task_id = "
    "slot.task_id) "
    "ORDER BY priority DESC, task_id, ordinal LIMIT 1 FOR UPDATE OF slot SKIP LOCKED) AS third"
    ") AS best ORDER BY priority DESC, task_id, ordinal LIMIT 1) "
    "RETURNING id, task_id, ordinal, state, person_id, lease_token, lease_expires_at"};

// The same from a known place on: one step in the index.
constexpr Statement claim_open_slot_from{
    "slot_claim_from",
    "UPDATE slot SET state = 1, person_id = $1, lease_token = $6, lease_expires_at = $7 WHERE id = (SELECT "
    "id FROM slot WHERE project_id = $2 AND kind = $3 AND state = 0 AND gold = 0 AND priority = $4 "
    "AND task_id >= $5 "
    "AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.person_id = $1 AND a.task_id = slot.task_id) "
    "ORDER BY task_id, ordinal LIMIT 1) "
    "RETURNING id, task_id, ordinal, state, person_id, lease_token, lease_expires_at",
    "UPDATE slot SET state = 1, person_id = $1, lease_token = $6, lease_expires_at = $7 WHERE id = (SELECT "
    "id FROM slot WHERE project_id = $2 AND kind = $3 AND state = 0 AND gold = 0 AND priority = $4 "
    "AND task_id >= $5 "
    "AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.person_id = $1 AND a.task_id = slot.task_id) "
    "ORDER BY task_id, ordinal LIMIT 1 FOR UPDATE OF slot SKIP LOCKED) "
    "RETURNING id, task_id, ordinal, state, person_id, lease_token, lease_expires_at"};
constexpr Statement find_open_task{
    "slot_first_open",
    "SELECT kind, priority, task_id FROM ("
    "SELECT * FROM (SELECT kind, priority, task_id, ordinal FROM slot WHERE project_id = $2 AND kind = $3 "
    "AND "
    "state = 0 "
    "AND gold = 0 AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.person_id = $1 AND a.task_id = "
    "slot.task_id) "
    "ORDER BY priority DESC, task_id, ordinal LIMIT 1) AS first "
    "UNION ALL "
    "SELECT * FROM (SELECT kind, priority, task_id, ordinal FROM slot WHERE project_id = $2 AND kind = $4 "
    "AND "
    "state = 0 "
    "AND gold = 0 AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.person_id = $1 AND a.task_id = "
    "slot.task_id) "
    "ORDER BY priority DESC, task_id, ordinal LIMIT 1) AS second "
    "UNION ALL "
    "SELECT * FROM (SELECT kind, priority, task_id, ordinal FROM slot WHERE project_id = $2 AND kind = $5 "
    "AND "
    "state = 0 "
    "AND gold = 0 AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.person_id = $1 AND a.task_id = "
    "slot.task_id) "
    "ORDER BY priority DESC, task_id, ordinal LIMIT 1) AS third"
    ") AS best ORDER BY priority DESC, task_id, ordinal LIMIT 1"};

// A gold's slot is numbered by its person: two people who get it at once cannot collide.
constexpr Statement claim_gold_slot{
    "slot_claim_gold",
    "INSERT INTO slot (task_id, ordinal, project_id, kind, priority, gold, state, person_id, lease_token, "
    "lease_expires_at) SELECT id, CAST($1 AS bigint), project_id, kind, priority, 1, 1, CAST($1 AS bigint), "
    "CAST($6 AS text), CAST($7 AS bigint) FROM task WHERE project_id = $2 AND state = 0 "
    "AND gold_response_id IS NOT NULL AND kind IN ($3, $4, $5) "
    "AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.person_id = $1 AND a.task_id = task.id) "
    "ORDER BY priority DESC, id LIMIT 1 "
    "RETURNING id, task_id, ordinal, state, person_id, lease_token, lease_expires_at"};
constexpr Statement select_slot{
    "slot",
    "SELECT id, task_id, ordinal, state, person_id, lease_token, lease_expires_at FROM slot WHERE id = $1"};
constexpr Statement lock_slot_row{
    "slot_lock",
    "SELECT id, task_id, ordinal, state, person_id, lease_token, lease_expires_at FROM slot WHERE id = $1",
    "SELECT id, task_id, ordinal, state, person_id, lease_token, lease_expires_at FROM slot WHERE id = $1 "
    "FOR UPDATE"};
constexpr Statement select_slots_of{"slots_of",
                                    "SELECT id, task_id, ordinal, state, person_id, lease_token, "
                                    "lease_expires_at FROM slot WHERE task_id = $1 "
                                    "ORDER BY ordinal"};
constexpr Statement update_slot_row{
    "slot_update",
    "UPDATE slot SET state = $2, person_id = $3, lease_token = $4, lease_expires_at = $5 WHERE id = $1"};
constexpr Statement count_available{
    "tasks_available",
    "SELECT count(*) FROM (SELECT 1 FROM task WHERE project_id = $2 AND state = 0 AND gold_response_id IS "
    "NULL "
    "AND kind IN ($3, $4, $5) "
    "AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.person_id = $1 AND a.task_id = task.id) "
    "AND EXISTS (SELECT 1 FROM slot s WHERE s.task_id = task.id AND s.state = 0) LIMIT $6) AS found"};
// Open tasks, without all that the person ever had and all that are in anybody's hands.
constexpr Statement count_available_at_least{
    "tasks_available_at_least",
    "SELECT coalesce((SELECT sum(tasks_open) FROM tally WHERE project_id = $2), 0) "
    "- coalesce((SELECT handed FROM membership WHERE project_id = $2 AND person_id = $1), 0) "
    "- (SELECT count(*) FROM slot WHERE project_id = $2 AND state = 1)"};
constexpr Statement count_judgment_of_task{"task_count_judgment",
                                           "UPDATE task SET counted = counted + 1, "
                                           "state = CASE WHEN state = 0 AND gold_response_id IS NULL AND "
                                           "counted + 1 >= overlap THEN 1 ELSE state END "
                                           "WHERE id = $1"};

constexpr Statement upsert_assignment{
    "assignment_put",
    "INSERT INTO assignment (person_id, task_id, slot_id, lease_token, state, assigned_at) "
    "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (person_id, task_id) DO UPDATE SET slot_id = "
    "excluded.slot_id, "
    "lease_token = excluded.lease_token, state = excluded.state, assigned_at = excluded.assigned_at"};
constexpr Statement select_assignment{
    "assignment",
    "SELECT task_id, person_id, slot_id, lease_token, state, assigned_at FROM assignment "
    "WHERE person_id = $1 AND task_id = $2"};
constexpr Statement insert_skip{
    "skip_add", "INSERT INTO skip (task_id, person_id, reason, created_at) VALUES ($1, $2, $3, $4)"};
constexpr Statement upsert_draft{
    "draft_put",
    "INSERT INTO draft (person_id, task_id, payload, saved_at) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (person_id, task_id) DO UPDATE SET payload = excluded.payload, saved_at = "
    "excluded.saved_at"};
constexpr Statement select_draft{
    "draft", "SELECT task_id, person_id, payload, saved_at FROM draft WHERE person_id = $1 AND task_id = $2"};
constexpr Statement delete_draft{"draft_remove", "DELETE FROM draft WHERE person_id = $1 AND task_id = $2"};

Slot slot_from(const Row& row) {
  return {.id = id_at<SlotId>(row, 0),
          .task = id_at<TaskId>(row, 1),
          .ordinal = row.integer(2),
          .state = code_at<SlotState>(row, 3),
          .person = id_at<PersonId>(row, 4),
          .lease_token = row.text(5),
          .lease_expires_at = moment_at(row, 6)};
}

}  // namespace

std::optional<Slot> SqlRecords::own_slot(ProjectId project, PersonId person,
                                         std::span<const TaskKind> kinds) {
  return connection_.first(
      select_own_slot, {key(person), key(project), kind_at(kinds, 0), kind_at(kinds, 1), kind_at(kinds, 2)},
      slot_from);
}

void SqlRecords::release_expired(ProjectId project, Timestamp now) {
  connection_.run(release_slots, {key(project), moment(now)});
}

std::optional<feedback::TaskPlace> SqlRecords::first_open_task(ProjectId project, PersonId person,
                                                               std::span<const TaskKind> kinds) {
  return connection_.first(
      find_open_task, {key(person), key(project), kind_at(kinds, 0), kind_at(kinds, 1), kind_at(kinds, 2)},
      [](const Row& row) {
        return feedback::TaskPlace{
            .kind = code_at<TaskKind>(row, 0), .priority = row.integer(1), .task = id_at<TaskId>(row, 2)};
      });
}

std::optional<Slot> SqlRecords::claim_slot(const ClaimRequest& request) {
  if (const auto& from = request.from) {
    auto found = connection_.first(
        claim_open_slot_from,
        {key(request.person), key(request.project), code(from->kind), integer(from->priority),
         key(from->task), text(request.lease_token), moment(request.lease_expires_at)},
        slot_from);
    if (found) return found;
  }
  return connection_.first(
      claim_open_slot,
      {key(request.person), key(request.project), kind_at(request.kinds, 0), kind_at(request.kinds, 1),
       kind_at(request.kinds, 2), text(request.lease_token), moment(request.lease_expires_at)},
      slot_from);
}

std::optional<Slot> SqlRecords::claim_gold(const ClaimRequest& request) {
  return connection_.first(
      claim_gold_slot,
      {key(request.person), key(request.project), kind_at(request.kinds, 0), kind_at(request.kinds, 1),
       kind_at(request.kinds, 2), text(request.lease_token), moment(request.lease_expires_at)},
      slot_from);
}

std::optional<Slot> SqlRecords::slot(SlotId id) {
  return connection_.first(select_slot, {key(id)}, slot_from);
}

std::optional<Slot> SqlRecords::lock_slot(SlotId id) {
  return connection_.first(lock_slot_row, {key(id)}, slot_from);
}

std::vector<Slot> SqlRecords::slots_of(TaskId task) {
  return connection_.all(select_slots_of, {key(task)}, slot_from);
}

void SqlRecords::update_slot(const Slot& slot) {
  connection_.post(update_slot_row, {key(slot.id), code(slot.state), key_or_null(slot.person),
                                     text(slot.lease_token), moment(slot.lease_expires_at)});
}

std::int64_t SqlRecords::available(ProjectId project, PersonId person, std::span<const TaskKind> kinds,
                                   std::int64_t limit) {
  return connection_.number(count_available, {key(person), key(project), kind_at(kinds, 0), kind_at(kinds, 1),
                                              kind_at(kinds, 2), integer(limit)});
}

std::int64_t SqlRecords::available_at_least(ProjectId project, PersonId person) {
  return connection_.number(count_available_at_least, {key(person), key(project)});
}

void SqlRecords::count_judgment(TaskId task) { connection_.post(count_judgment_of_task, {key(task)}); }

void SqlRecords::put_assignment(const Assignment& assignment) {
  connection_.post(upsert_assignment,
                   {key(assignment.person), key(assignment.task), key(assignment.slot),
                    text(assignment.lease_token), code(assignment.state), moment(assignment.assigned_at)});
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
