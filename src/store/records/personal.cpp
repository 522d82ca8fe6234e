#include <limits>

#include "store/sql_records.hpp"
#include "store/values.hpp"

namespace preceptor::store {
namespace {

constexpr Statement select_drafts_of{
    "drafts_of",
    "SELECT task_id, person_id, payload, saved_at FROM draft WHERE person_id = $1 ORDER BY task_id"};
constexpr Statement select_skips_of{
    "skips_of", "SELECT task_id, reason, created_at FROM skip WHERE person_id = $1 ORDER BY id"};
constexpr Statement select_events_about{
    "events_about",
    "SELECT id, kind, project_id, actor_id, subject, at, commitment, position, salt, payload FROM event "
    "LEFT JOIN event_payload ON event_id = id WHERE id > $2 AND (actor_id = $1 OR (subject = $1 AND "
    "(kind LIKE 'person.%' OR kind LIKE 'member.%' OR kind LIKE 'password.%' OR kind LIKE 'second_factor.%' "
    "OR kind = 'recovery_codes.renewed'))) ORDER BY id LIMIT $3"};
constexpr Statement select_reads{
    "reads_of_people",
    "SELECT id, kind, project_id, actor_id, subject, at, commitment, position, salt, payload FROM event "
    "LEFT JOIN event_payload ON event_id = id WHERE kind = 'people.read' AND id < $1 ORDER BY id DESC "
    "LIMIT $2"};

constexpr Statement update_person_erased{
    "person_erase",
    "UPDATE person SET login = $2, name = $3, password_hash = 'erased', administrator = 0, erased_at = $4 "
    "WHERE id = $1"};
constexpr Statement update_judgments_erased{
    "judgments_erase",
    "UPDATE judgment SET payload = '{\"erased\":true}', idempotency_key = '' "
    "WHERE person_id = $1 AND payload <> '{\"erased\":true}'"};
constexpr Statement delete_drafts{"drafts_erase", "DELETE FROM draft WHERE person_id = $1"};
constexpr Statement update_skips_erased{"skips_erase",
                                        "UPDATE skip SET reason = '' WHERE person_id = $1 AND reason <> ''"};
constexpr Statement update_pauses_erased{"pauses_erase",
                                         "UPDATE membership SET pause_reason = '' WHERE person_id = $1"};
constexpr Statement delete_tokens{"tokens_erase", "DELETE FROM api_token WHERE person_id = $1"};
constexpr Statement delete_sessions{"sessions_erase", "DELETE FROM session WHERE person_id = $1"};
constexpr Statement delete_resets{"password_resets_erase", "DELETE FROM password_reset WHERE person_id = $1"};
constexpr Statement delete_answers{"kept_answers_erase", "DELETE FROM kept_answer WHERE person_id = $1"};
constexpr Statement delete_evidence{"evidence_erase", "DELETE FROM evidence WHERE person_id = $1"};
constexpr Statement update_standings_erased{
    "standings_erase", "UPDATE standing SET note = '' WHERE person_id = $1 AND note <> ''"};
constexpr Statement delete_exchanges{"exchanges_erase", "DELETE FROM exchange WHERE person_id = $1"};
constexpr Statement delete_fits{"fits_erase", "DELETE FROM member_fit WHERE person_id = $1"};
constexpr Statement update_invitations_erased{
    "invitations_erase", "UPDATE invitation SET note = '' WHERE accepted_by = $1 OR author_id = $1"};

// What the person did or wrote, and what was decided about them. Not what they made as an owner or a lead:
// guidelines, rubrics, tasks and rounds are the project's, and their events hold hashes and numbers only.
constexpr Statement delete_payloads{
    "event_payloads_erase",
    "DELETE FROM event_payload WHERE event_id BETWEEN $2 AND $3 AND event_id IN ("
    "SELECT id FROM event WHERE id BETWEEN $2 AND $3 AND ("
    "(actor_id = $1 AND kind IN ('judgment.submitted', 'judgment.appealed', 'token.created', "
    "'token.revoked', 'people.read', 'invitation.accepted', 'code.run', 'calculation.made')) "
    "OR (subject = $1 AND (kind = 'person.created' OR kind LIKE 'member.%' OR kind LIKE 'password.%' "
    "OR kind LIKE 'second_factor.%' OR kind = 'recovery_codes.renewed'))))"};
constexpr Statement select_last_event{"event_last", "SELECT coalesce(max(id), 0) FROM event"};

LoggedEvent logged_from(const Row& row) {
  LoggedEvent logged{.event = {.id = id_at<EventId>(row, 0),
                               .kind = row.text(1),
                               .project = id_at<ProjectId>(row, 2),
                               .actor = id_at<PersonId>(row, 3),
                               .subject = row.integer(4),
                               .at = moment_at(row, 5),
                               .commitment = row.text(6),
                               .position = row.integer(7)},
                     .payload = std::nullopt};
  if (!row.is_null(8)) logged.payload = EventPayload{.salt = row.text(8), .payload = row.text(9)};
  return logged;
}

constexpr auto event_id = [](const LoggedEvent& logged) { return logged.event.id.value; };

}  // namespace

std::vector<Draft> SqlRecords::drafts_of(PersonId person) {
  return connection_.all(select_drafts_of, {key(person)}, [](const Row& row) {
    return Draft{.task = id_at<TaskId>(row, 0),
                 .person = id_at<PersonId>(row, 1),
                 .payload = row.text(2),
                 .saved_at = moment_at(row, 3)};
  });
}

std::vector<feedback::Skip> SqlRecords::skips_of(PersonId person) {
  return connection_.all(select_skips_of, {key(person)}, [](const Row& row) {
    return feedback::Skip{
        .task = id_at<TaskId>(row, 0), .reason = row.text(1), .created_at = moment_at(row, 2)};
  });
}

Listing<LoggedEvent> SqlRecords::events_about(PersonId person, Page page) {
  return listing(connection_.all(select_events_about,
                                 {key(person), integer(page.after), integer(rows_for(page))}, logged_from),
                 page, event_id);
}

Listing<LoggedEvent> SqlRecords::reads_of_people(Page page) {
  const std::int64_t below = page.after == 0 ? std::numeric_limits<std::int64_t>::max() : page.after;
  return listing(connection_.all(select_reads, {integer(below), integer(rows_for(page))}, logged_from), page,
                 event_id);
}

feedback::ErasedRows SqlRecords::erase_rows_of(PersonId person, std::string_view login, std::string_view name,
                                               Timestamp at) {
  connection_.run(update_person_erased, {key(person), text(login), text(name), moment(at)});
  const feedback::ErasedRows erased{.judgments = connection_.run(update_judgments_erased, {key(person)}),
                                    .drafts = connection_.run(delete_drafts, {key(person)}),
                                    .skips = connection_.run(update_skips_erased, {key(person)}),
                                    .tokens = connection_.run(delete_tokens, {key(person)}),
                                    .sessions = connection_.run(delete_sessions, {key(person)}),
                                    .runs = connection_.run(delete_evidence, {key(person)})};
  for (const Statement& statement :
       {update_pauses_erased, delete_resets, delete_answers, update_invitations_erased,
        update_standings_erased, delete_exchanges, delete_fits})
    connection_.run(statement, {key(person)});
  remove_second_factor(person);
  return erased;
}

std::int64_t SqlRecords::erase_payloads_of(PersonId person, EventId first, std::int64_t count) {
  return connection_.run(delete_payloads, {key(person), key(first), integer(first.value + count - 1)});
}

EventId SqlRecords::last_event() { return {connection_.number(select_last_event, {})}; }

}  // namespace preceptor::store
