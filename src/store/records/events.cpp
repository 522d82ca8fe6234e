#include "store/json_columns.hpp"
#include "store/sql_records.hpp"
#include "store/values.hpp"

namespace preceptor::store {
namespace {

constexpr Statement insert_event{
    "event_add",
    "INSERT INTO event (kind, project_id, actor_id, subject, at, commitment) VALUES ($1, $2, $3, $4, $5, "
    "$6)"};
constexpr Statement insert_payload{"event_payload_add",
                                   "INSERT INTO event_payload (event_id, salt, payload) VALUES ($1, $2, $3)"};
// Both at once, where waiting for the id would be a journey.
constexpr Statement insert_event_with_payload{
    .name = "event_add_with_payload",
    .text = "",
    .postgresql =
        "WITH fresh AS (INSERT INTO event (kind, project_id, actor_id, subject, at, commitment) "
        "VALUES ($1, $2, $3, $4, $5, $6) RETURNING id) "
        "INSERT INTO event_payload (event_id, salt, payload) SELECT id, $7, $8 FROM fresh",
    .together =
        "WITH many AS MATERIALIZED (SELECT nextval('event_id_seq') AS id, many.* FROM unnest(CAST($1 AS "
        "text[]), "
        "CAST($2 AS bigint[]), CAST($3 AS bigint[]), CAST($4 AS bigint[]), CAST($5 AS bigint[]), CAST($6 AS "
        "text[]), "
        "CAST($7 AS text[]), CAST($8 AS text[])) AS many (kind, project_id, actor_id, subject, at, "
        "commitment, salt, "
        "payload)), fresh AS (INSERT INTO event (id, kind, project_id, actor_id, subject, at, commitment) "
        "SELECT id, kind, project_id, actor_id, subject, at, commitment FROM many) "
        "INSERT INTO event_payload (event_id, salt, payload) SELECT id, salt, payload FROM many"};
// SQLite has one writer at a time anyway. The number is Preceptor's own; the lock ends with the transaction.
constexpr Statement try_sealer_lock{
    "sealer_lock", "SELECT 1", "SELECT CASE WHEN pg_try_advisory_xact_lock(5063725601) THEN 1 ELSE 0 END"};
constexpr Statement select_unsealed{"events_unsealed",
                                    "SELECT id, kind, project_id, actor_id, subject, at, commitment, "
                                    "position FROM event WHERE position IS NULL "
                                    "ORDER BY id LIMIT $1"};
constexpr Statement update_positions{
    "event_positions",
    "UPDATE event SET position = $1 + sealed.key FROM json_each($2) AS sealed WHERE event.id = sealed.value",
    "UPDATE event SET position = $1 + sealed.place - 1 FROM "
    "json_array_elements_text(CAST($2 AS json)) WITH ORDINALITY AS sealed (id, place) "
    "WHERE event.id = CAST(sealed.id AS bigint)"};
constexpr Statement insert_root{"root_add",
                                "INSERT INTO event_root (number, first_position, last_position, root, "
                                "sealed_at) VALUES ($1, $2, $3, $4, $5)"};
constexpr Statement select_last_root{"root_last",
                                     "SELECT number, first_position, last_position, root, sealed_at FROM "
                                     "event_root ORDER BY number DESC LIMIT 1"};
constexpr Statement select_roots{
    "roots",
    "SELECT number, first_position, last_position, root, sealed_at FROM event_root WHERE number > $1 "
    "ORDER BY number LIMIT $2"};
constexpr Statement select_events{
    "events",
    "SELECT id, kind, project_id, actor_id, subject, at, commitment, position, salt, payload FROM event "
    "LEFT JOIN event_payload ON event_id = id WHERE position BETWEEN $1 AND $2 ORDER BY position"};
constexpr Statement select_unsealed_with_payload{
    "events_unsealed_with_payload",
    "SELECT id, kind, project_id, actor_id, subject, at, commitment, position, salt, payload FROM event "
    "LEFT JOIN event_payload ON event_id = id WHERE position IS NULL ORDER BY id"};
constexpr Statement delete_payload{"event_payload_erase", "DELETE FROM event_payload WHERE event_id = $1"};

Event event_from(const Row& row) {
  return {.id = id_at<EventId>(row, 0),
          .kind = row.text(1),
          .project = id_at<ProjectId>(row, 2),
          .actor = id_at<PersonId>(row, 3),
          .subject = row.integer(4),
          .at = moment_at(row, 5),
          .commitment = row.text(6),
          .position = row.integer(7)};
}

LoggedEvent logged_from(const Row& row) {
  LoggedEvent logged{.event = event_from(row), .payload = std::nullopt};
  if (!row.is_null(8)) logged.payload = EventPayload{.salt = row.text(8), .payload = row.text(9)};
  return logged;
}

EventRoot root_from(const Row& row) {
  return {.number = row.integer(0),
          .first = row.integer(1),
          .last = row.integer(2),
          .root = row.text(3),
          .sealed_at = moment_at(row, 4)};
}

}  // namespace

void SqlRecords::add_event(const Event& event, const EventPayload& payload) {
  const Value kind = text(event.kind), project = key_or_null(event.project), actor = key_or_null(event.actor),
              subject = integer(event.subject), at = moment(event.at), commitment = text(event.commitment),
              salt = text(payload.salt), words = text(payload.payload);
  if (connection_.dialect() == Dialect::postgresql) {
    connection_.post(insert_event_with_payload, {kind, project, actor, subject, at, commitment, salt, words});
    return;
  }
  connection_.run(insert_event, {kind, project, actor, subject, at, commitment});
  const EventId id{connection_.number(inserted_in_sqlite, {})};
  connection_.post(insert_payload, {key(id), salt, words});
}

bool SqlRecords::lock_sealer() { return connection_.number(try_sealer_lock, {}) == 1; }

std::vector<Event> SqlRecords::unsealed_events(std::int64_t limit) {
  return connection_.all(select_unsealed, {integer(limit)}, event_from);
}

void SqlRecords::set_positions(std::span<const EventId> ids, std::int64_t first) {
  const std::string list = ids_text(std::vector<EventId>(ids.begin(), ids.end()));
  connection_.post(update_positions, {integer(first), text(list)});
}

void SqlRecords::add_root(const EventRoot& root) {
  connection_.post(insert_root, {integer(root.number), integer(root.first), integer(root.last),
                                 text(root.root), moment(root.sealed_at)});
}

std::optional<EventRoot> SqlRecords::last_root() {
  return connection_.first(select_last_root, {}, root_from);
}

Listing<EventRoot> SqlRecords::roots(Page page) {
  return listing(connection_.all(select_roots, {integer(page.after), integer(rows_for(page))}, root_from),
                 page, [](const EventRoot& root) { return root.number; });
}

std::vector<LoggedEvent> SqlRecords::events(EventRange range) {
  return connection_.all(select_events, {integer(range.first), integer(range.last)}, logged_from);
}

std::vector<LoggedEvent> SqlRecords::unsealed_with_payload() {
  return connection_.all(select_unsealed_with_payload, {}, logged_from);
}

bool SqlRecords::erase_payload(EventId id) { return connection_.run(delete_payload, {key(id)}) > 0; }

}  // namespace preceptor::store
