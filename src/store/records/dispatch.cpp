#include "store/json_columns.hpp"
#include "store/slot_rows.hpp"
#include "store/sql_records.hpp"
#include "store/values.hpp"

namespace preceptor::store {
namespace {

constexpr Statement select_lanes{
    "lanes",
    "SELECT id, project_id, kind, language, domain, hazard FROM lane WHERE project_id = $1 ORDER BY id"};
constexpr Statement insert_lane{"lane_add",
                                "INSERT INTO lane (project_id, kind, language, domain, hazard) "
                                "VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING"};
constexpr Statement select_lane{"lane",
                                "SELECT id FROM lane WHERE project_id = $1 AND kind = $2 AND language = $3 "
                                "AND domain = $4 AND hazard = $5"};

// One step in the index slot_open for each lane, then the best of them.
constexpr Statement claim_open_slot{
    .name = "slot_claim",
    .text =
        "UPDATE slot SET state = 1, person_id = $1, lease_token = $3, lease_expires_at = $4 WHERE id = ("
        "SELECT slot.id FROM (SELECT (SELECT s.id FROM slot s WHERE s.lane_id = wanted.value AND s.state = 0 "
        "AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.person_id = $1 AND a.task_id = s.task_id) "
        "ORDER BY s.priority DESC, s.due, s.task_id, s.ordinal LIMIT 1) AS id FROM json_each($2) AS wanted) "
        "AS first JOIN slot ON slot.id = first.id "
        "ORDER BY slot.priority DESC, slot.due, slot.task_id, slot.ordinal LIMIT 1) "
        "RETURNING id, task_id, ordinal, state, person_id, lease_token, lease_expires_at",
    .postgresql =
        "UPDATE slot SET state = 1, person_id = $1, lease_token = $3, lease_expires_at = $4 WHERE id = ("
        "SELECT first.id FROM (SELECT CAST(value AS bigint) AS lane FROM "
        "json_array_elements_text(CAST($2 AS json)) AS value) AS wanted CROSS JOIN LATERAL ("
        "SELECT id, priority, due, task_id, ordinal FROM slot WHERE lane_id = wanted.lane AND state = 0 "
        "AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.person_id = $1 AND a.task_id = slot.task_id) "
        "ORDER BY priority DESC, due, task_id, ordinal LIMIT 1 FOR UPDATE OF slot SKIP LOCKED) AS first "
        "ORDER BY priority DESC, due, task_id, ordinal LIMIT 1) "
        "RETURNING id, task_id, ordinal, state, person_id, lease_token, lease_expires_at",
    // Those with the first one's lanes, each in their turn. The turns end before somebody who had the task
    // already.
    .together =
        "WITH wanted AS MATERIALIZED (SELECT many.*, row_number() OVER (ORDER BY place) AS turn FROM "
        "unnest(CAST($1 AS bigint[]), CAST($2 AS text[]), CAST($3 AS text[]), CAST($4 AS bigint[])) WITH "
        "ORDINALITY "
        "AS many (person_id, lanes, lease_token, lease_expires_at, place) WHERE lanes = (CAST($2 AS "
        "text[]))[1]), "
        "free AS MATERIALIZED (SELECT first.id, first.task_id, row_number() OVER (ORDER BY first.priority "
        "DESC, "
        "first.due, first.task_id, first.ordinal) AS turn FROM (SELECT CAST(value AS bigint) AS id FROM "
        "json_array_elements_text(CAST((CAST($2 AS text[]))[1] AS json)) AS value) AS lane CROSS JOIN "
        "LATERAL "
        "(SELECT id, priority, due, task_id, ordinal FROM slot WHERE lane_id = lane.id AND state = 0 "
        "ORDER BY priority DESC, due, task_id, ordinal LIMIT (SELECT count(*) FROM wanted) "
        "FOR UPDATE OF slot SKIP LOCKED) AS first), "
        "pairs AS MATERIALIZED (SELECT wanted.*, free.id AS slot_id, (SELECT count(*) FROM assignment a "
        "WHERE a.person_id = wanted.person_id AND a.task_id = free.task_id) > 0 AS had FROM wanted JOIN free "
        "USING (turn)) "
        "UPDATE slot SET state = 1, person_id = pairs.person_id, lease_token = pairs.lease_token, "
        "lease_expires_at = pairs.lease_expires_at FROM pairs WHERE slot.id = pairs.slot_id AND pairs.turn < "
        "(SELECT coalesce(min(turn), 9223372036854775807) FROM pairs WHERE had) "
        "RETURNING pairs.place, slot.id, slot.task_id, slot.ordinal, slot.state, slot.person_id, "
        "slot.lease_token, "
        "slot.lease_expires_at"};

// The same from a known place on: one step in the index.
constexpr Statement claim_open_slot_from{
    .name = "slot_claim_from",
    .text = "",
    .postgresql =
        "UPDATE slot SET state = 1, person_id = $1, lease_token = $6, lease_expires_at = $7 WHERE id = "
        "(SELECT "
        "id FROM slot WHERE lane_id = $2 AND state = 0 AND priority = $3 AND due = $4 AND task_id >= $5 "
        "AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.person_id = $1 AND a.task_id = slot.task_id) "
        "ORDER BY task_id, ordinal LIMIT 1 FOR UPDATE OF slot SKIP LOCKED) "
        "RETURNING id, task_id, ordinal, state, person_id, lease_token, lease_expires_at"};
// SQLite has one writer, and answers RETURNING from a table that it makes for each statement.
constexpr Statement find_open_slot_from{
    "slot_open_from",
    "SELECT id, task_id, ordinal, state, person_id, lease_token, lease_expires_at FROM slot WHERE lane_id = "
    "$2 "
    "AND state = 0 AND priority = $3 AND due = $4 AND task_id >= $5 "
    "AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.person_id = $1 AND a.task_id = slot.task_id) "
    "ORDER BY task_id, ordinal LIMIT 1"};
constexpr Statement find_open_task{
    "slot_first_open",
    "SELECT slot.lane_id, slot.priority, slot.due, slot.task_id FROM (SELECT (SELECT s.id FROM slot s "
    "WHERE s.lane_id = wanted.value AND s.state = 0 "
    "AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.person_id = $1 AND a.task_id = s.task_id) "
    "ORDER BY s.priority DESC, s.due, s.task_id, s.ordinal LIMIT 1) AS id FROM json_each($2) AS wanted) "
    "AS first JOIN slot ON slot.id = first.id "
    "ORDER BY slot.priority DESC, slot.due, slot.task_id, slot.ordinal LIMIT 1",
    "SELECT first.lane_id, first.priority, first.due, first.task_id FROM (SELECT CAST(value AS bigint) AS "
    "lane FROM json_array_elements_text(CAST($2 AS json)) AS value) AS wanted CROSS JOIN LATERAL ("
    "SELECT lane_id, priority, due, task_id, ordinal FROM slot WHERE lane_id = wanted.lane AND state = 0 "
    "AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.person_id = $1 AND a.task_id = slot.task_id) "
    "ORDER BY priority DESC, due, task_id, ordinal LIMIT 1) AS first "
    "ORDER BY priority DESC, due, task_id, ordinal LIMIT 1"};
constexpr Statement count_kept_slots{
    "slots_kept",
    "SELECT count(*) FROM (SELECT 1 FROM slot WHERE kept_for = $1 AND project_id = $2 AND state = 0 LIMIT 1) "
    "AS kept"};
constexpr Statement claim_slot_kept{
    "slot_claim_kept",
    "UPDATE slot SET state = 1, person_id = $1, lease_token = $4, lease_expires_at = $5 WHERE id = (SELECT "
    "id FROM slot WHERE kept_for = $1 AND project_id = $2 AND state = 0 "
    "AND ((CAST(1 AS bigint) << CAST(kind AS integer)) & $3) <> 0 "
    "AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.person_id = $1 AND a.task_id = slot.task_id) "
    "ORDER BY id LIMIT 1) RETURNING id, task_id, ordinal, state, person_id, lease_token, lease_expires_at"};

// A gold's slot is numbered by its person: two people who get it at once cannot collide.
constexpr Statement claim_gold_slot{
    "slot_claim_gold",
    "INSERT INTO slot (task_id, ordinal, project_id, kind, priority, gold, state, person_id, lease_token, "
    "lease_expires_at) SELECT id, CAST($1 AS bigint), project_id, kind, priority, 1, 1, CAST($1 AS bigint), "
    "CAST($4 AS text), CAST($5 AS bigint) FROM task WHERE project_id = $2 AND state = 0 "
    "AND gold_response_id IS NOT NULL AND lane_id IN (SELECT value FROM json_each($3)) "
    "AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.person_id = $1 AND a.task_id = task.id) "
    "ORDER BY priority DESC, id LIMIT 1 "
    "RETURNING id, task_id, ordinal, state, person_id, lease_token, lease_expires_at",
    "INSERT INTO slot (task_id, ordinal, project_id, kind, priority, gold, state, person_id, lease_token, "
    "lease_expires_at) SELECT id, CAST($1 AS bigint), project_id, kind, priority, 1, 1, CAST($1 AS bigint), "
    "CAST($4 AS text), CAST($5 AS bigint) FROM task WHERE project_id = $2 AND state = 0 "
    "AND gold_response_id IS NOT NULL AND lane_id IN (SELECT CAST(value AS bigint) FROM "
    "json_array_elements_text(CAST($3 AS json)) AS value) "
    "AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.person_id = $1 AND a.task_id = task.id) "
    "ORDER BY priority DESC, id LIMIT 1 "
    "RETURNING id, task_id, ordinal, state, person_id, lease_token, lease_expires_at"};
constexpr Statement count_available{
    "tasks_available",
    "SELECT count(*) FROM (SELECT 1 FROM task WHERE lane_id IN (SELECT value FROM json_each($2)) "
    "AND state = 0 AND gold_response_id IS NULL "
    "AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.person_id = $1 AND a.task_id = task.id) "
    "AND EXISTS (SELECT 1 FROM slot s WHERE s.task_id = task.id AND s.state = 0 AND s.kept_for IS NULL) "
    "LIMIT $3) AS found",
    "SELECT count(*) FROM (SELECT 1 FROM task WHERE lane_id IN (SELECT CAST(value AS bigint) FROM "
    "json_array_elements_text(CAST($2 AS json)) AS value) AND state = 0 AND gold_response_id IS NULL "
    "AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.person_id = $1 AND a.task_id = task.id) "
    "AND EXISTS (SELECT 1 FROM slot s WHERE s.task_id = task.id AND s.state = 0 AND s.kept_for IS NULL) "
    "LIMIT $3) AS found"};

constexpr Statement uncount_judgment_of_task{
    "task_uncount_judgment",
    "UPDATE task SET counted = counted - 1, state = CASE WHEN state = 1 THEN 0 ELSE state END WHERE id = $1"};
constexpr Statement insert_slot{
    "slot_add",
    "INSERT INTO slot (task_id, ordinal, project_id, kind, priority, gold, lane_id, due) "
    "SELECT id, (SELECT max(ordinal) + 1 FROM slot WHERE task_id = $1), project_id, kind, priority, 0, "
    "lane_id, "
    "CASE WHEN deadline = 0 THEN 9223372036854775807 ELSE deadline END FROM task WHERE id = $1 RETURNING id"};
constexpr Statement keep_open_slot{
    "slot_keep",
    "UPDATE slot SET kept_for = $2, lane_id = NULL WHERE id = (SELECT id FROM slot WHERE task_id = $1 "
    "AND state = 0 AND kept_for IS NULL AND person_id IS NULL ORDER BY ordinal LIMIT 1)"};
constexpr Statement withdraw_slot{
    "slot_withdraw",
    "UPDATE slot SET state = 3 WHERE id = (SELECT id FROM slot WHERE task_id = $1 AND state = 0 "
    "AND kept_for IS NULL AND person_id IS NULL ORDER BY ordinal DESC LIMIT 1)"};
constexpr Statement update_task_state{"task_state", "UPDATE task SET state = $2 WHERE id = $1"};
constexpr Statement update_subject{"task_subject", "UPDATE task SET subject_id = $2 WHERE id = $1"};
constexpr Statement select_follow_ups{"task_follow_ups",
                                      "SELECT id FROM task WHERE about_id = $1 AND kind = $2 ORDER BY id"};

Lane lane_from(const Row& row) {
  return {.id = id_at<LaneId>(row, 0),
          .project = id_at<ProjectId>(row, 1),
          .kind = code_at<TaskKind>(row, 2),
          .language = row.text(3),
          .domain = row.text(4),
          .hazard = row.text(5)};
}

std::string lanes_text(std::span<const LaneId> lanes) {
  return ids_text(std::vector<LaneId>(lanes.begin(), lanes.end()));
}

}  // namespace

std::vector<Lane> SqlRecords::lanes(ProjectId project) {
  return connection_.all(select_lanes, {key(project)}, lane_from);
}

LaneId SqlRecords::lane(const Lane& lane) {
  const auto find = [&] {
    return LaneId{connection_.number(select_lane, {key(lane.project), code(lane.kind), text(lane.language),
                                                   text(lane.domain), text(lane.hazard)})};
  };
  if (const LaneId known = find()) return known;
  connection_.run(insert_lane, {key(lane.project), code(lane.kind), text(lane.language), text(lane.domain),
                                text(lane.hazard)});
  return find();
}

std::optional<feedback::TaskPlace> SqlRecords::first_open_task(PersonId person,
                                                               std::span<const LaneId> lanes) {
  return connection_.first(find_open_task, {key(person), text(lanes_text(lanes))}, [](const Row& row) {
    return feedback::TaskPlace{.lane = id_at<LaneId>(row, 0),
                               .priority = row.integer(1),
                               .due = moment_at(row, 2),
                               .task = id_at<TaskId>(row, 3)};
  });
}

std::optional<Slot> SqlRecords::claim_slot_from(const ClaimRequest& request,
                                                const feedback::TaskPlace& from) {
  const Value person = key(request.person), lane = key(from.lane), priority = integer(from.priority),
              due = moment(from.due), task = key(from.task);
  if (connection_.dialect() == Dialect::postgresql) {
    return connection_.first(
        claim_open_slot_from,
        {person, lane, priority, due, task, text(request.lease_token), moment(request.lease_expires_at)},
        slot_from);
  }
  auto slot = connection_.first(find_open_slot_from, {person, lane, priority, due, task}, slot_from);
  if (!slot) return std::nullopt;
  slot->state = SlotState::leased;
  slot->person = request.person;
  slot->lease_token = request.lease_token;
  slot->lease_expires_at = request.lease_expires_at;
  update_slot(*slot);
  return slot;
}

std::optional<Slot> SqlRecords::claim_slot(const ClaimRequest& request) {
  if (request.from) {
    if (auto found = claim_slot_from(request, *request.from)) return found;
  }
  if (request.lanes.empty()) return std::nullopt;
  return connection_.first(claim_open_slot,
                           {key(request.person), text(lanes_text(request.lanes)), text(request.lease_token),
                            moment(request.lease_expires_at)},
                           slot_from);
}

bool SqlRecords::has_kept_slot(ProjectId project, PersonId person) {
  return connection_.number(count_kept_slots, {key(person), key(project)}) > 0;
}

std::optional<Slot> SqlRecords::claim_kept_slot(const ClaimRequest& request) {
  return connection_.first(claim_slot_kept,
                           {key(request.person), key(request.project), kind_mask(request.kinds),
                            text(request.lease_token), moment(request.lease_expires_at)},
                           slot_from);
}

std::optional<Slot> SqlRecords::claim_gold(const ClaimRequest& request) {
  return connection_.first(claim_gold_slot,
                           {key(request.person), key(request.project), text(lanes_text(request.lanes)),
                            text(request.lease_token), moment(request.lease_expires_at)},
                           slot_from);
}

std::int64_t SqlRecords::available(PersonId person, std::span<const LaneId> lanes, std::int64_t limit) {
  return connection_.number(count_available, {key(person), text(lanes_text(lanes)), integer(limit)});
}

void SqlRecords::uncount_judgment(TaskId task) { connection_.run(uncount_judgment_of_task, {key(task)}); }

SlotId SqlRecords::add_slot(TaskId task) { return {connection_.number(insert_slot, {key(task)})}; }

bool SqlRecords::keep_slot(TaskId task, PersonId person) {
  return connection_.run(keep_open_slot, {key(task), key(person)}) > 0;
}

bool SqlRecords::withdraw_open_slot(TaskId task) { return connection_.run(withdraw_slot, {key(task)}) > 0; }

void SqlRecords::set_task_state(TaskId task, feedback::TaskState state) {
  connection_.run(update_task_state, {key(task), code(state)});
}

void SqlRecords::set_subject(TaskId task, JudgmentId subject) {
  connection_.run(update_subject, {key(task), key(subject)});
}

std::vector<TaskId> SqlRecords::follow_ups(TaskId about, TaskKind kind) {
  return connection_.all(select_follow_ups, {key(about), code(kind)},
                         [](const Row& row) { return id_at<TaskId>(row, 0); });
}

}  // namespace preceptor::store
