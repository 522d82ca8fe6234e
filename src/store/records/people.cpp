#include "store/sql_records.hpp"
#include "store/values.hpp"

namespace preceptor::store {
namespace {

constexpr Statement insert_person{
    "person_add",
    "INSERT INTO person (login, name, password_hash, simulated, administrator, created_at) "
    "VALUES ($1, $2, $3, $4, $5, $6) RETURNING id"};
constexpr Statement select_person{
    "person",
    "SELECT id, login, name, simulated, administrator, created_at, erased_at FROM person WHERE id = $1"};
constexpr Statement select_credentials{
    "credentials",
    "SELECT id, login, name, simulated, administrator, created_at, erased_at, "
    "password_hash FROM person WHERE login = $1"};
constexpr Statement update_password{"person_password", "UPDATE person SET password_hash = $2 WHERE id = $1"};
constexpr Statement select_people{
    "people",
    "SELECT id, login, name, simulated, administrator, created_at, erased_at FROM person "
    "WHERE id > $1 ORDER BY id LIMIT $2"};

constexpr Statement insert_session{
    "session_add",
    "INSERT INTO session (token_hash, person_id, csrf_token, expires_at, device, created_at, last_seen_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7)"};
constexpr Statement select_session{
    "session",
    "SELECT person_id, csrf_token, expires_at, device, created_at, last_seen_at, id FROM session "
    "WHERE token_hash = $1"};
constexpr Statement delete_session{"session_remove", "DELETE FROM session WHERE token_hash = $1"};
constexpr Statement delete_sessions_of{"sessions_remove_of", "DELETE FROM session WHERE person_id = $1"};
constexpr Statement delete_sessions_expired{"sessions_remove_expired",
                                            "DELETE FROM session WHERE expires_at < $1"};

constexpr Statement insert_token{
    "token_add",
    "INSERT INTO api_token (person_id, name, token_hash, scope, created_at, expires_at) "
    "VALUES ($1, $2, $3, $4, $5, $6) RETURNING id"};
constexpr Statement select_token{"token",
                                 "SELECT id, person_id, name, scope, created_at, expires_at, revoked FROM "
                                 "api_token WHERE token_hash = $1"};
constexpr Statement select_tokens_of{
    "tokens_of",
    "SELECT id, person_id, name, scope, created_at, expires_at, revoked FROM api_token "
    "WHERE person_id = $1 AND revoked = 0 ORDER BY id"};
constexpr Statement update_token_revoked{
    "token_revoke", "UPDATE api_token SET revoked = 1 WHERE id = $1 AND person_id = $2 AND revoked = 0"};

Person person_from(const Row& row) {
  return {.id = id_at<PersonId>(row, 0),
          .login = row.text(1),
          .name = row.text(2),
          .simulated = flag_at(row, 3),
          .administrator = flag_at(row, 4),
          .created_at = moment_at(row, 5),
          .erased_at = moment_at(row, 6)};
}

ApiToken token_from(const Row& row) {
  return {.id = id_at<TokenId>(row, 0),
          .person = id_at<PersonId>(row, 1),
          .name = row.text(2),
          .scope = code_at<feedback::TokenScope>(row, 3),
          .created_at = moment_at(row, 4),
          .expires_at = moment_at(row, 5),
          .revoked = flag_at(row, 6)};
}

}  // namespace

PersonId SqlRecords::add_person(const Person& person, std::string_view password_hash) {
  return {connection_.number(
      insert_person, {text(person.login), text(person.name), text(password_hash), flag(person.simulated),
                      flag(person.administrator), moment(person.created_at)})};
}

std::optional<Person> SqlRecords::person(PersonId id) {
  return connection_.first(select_person, {key(id)}, person_from);
}

std::optional<Credentials> SqlRecords::credentials(std::string_view login) {
  return connection_.first(select_credentials, {text(login)}, [](const Row& row) {
    return Credentials{.person = person_from(row), .password_hash = row.text(7)};
  });
}

void SqlRecords::set_password_hash(PersonId id, std::string_view password_hash) {
  connection_.run(update_password, {key(id), text(password_hash)});
}

Listing<Person> SqlRecords::people(Page page) {
  return listing(connection_.all(select_people, {integer(page.after), integer(rows_for(page))}, person_from),
                 page, [](const Person& person) { return person.id.value; });
}

void SqlRecords::add_session(std::string_view token_hash, const Session& session) {
  connection_.run(insert_session, {text(token_hash), key(session.person), text(session.csrf_token),
                                   moment(session.expires_at), text(session.device),
                                   moment(session.created_at), moment(session.last_seen_at)});
}

std::optional<Session> SqlRecords::session(std::string_view token_hash) {
  return connection_.first(select_session, {text(token_hash)}, [](const Row& row) {
    return Session{.person = id_at<PersonId>(row, 0),
                   .csrf_token = row.text(1),
                   .expires_at = moment_at(row, 2),
                   .device = row.text(3),
                   .created_at = moment_at(row, 4),
                   .last_seen_at = moment_at(row, 5),
                   .id = id_at<feedback::SessionId>(row, 6)};
  });
}

void SqlRecords::remove_session(std::string_view token_hash) {
  connection_.run(delete_session, {text(token_hash)});
}

void SqlRecords::remove_sessions_of(PersonId person) { connection_.run(delete_sessions_of, {key(person)}); }

void SqlRecords::remove_sessions_expired_before(Timestamp before) {
  connection_.run(delete_sessions_expired, {moment(before)});
}

TokenId SqlRecords::add_token(std::string_view token_hash, const ApiToken& token) {
  return {connection_.number(insert_token,
                             {key(token.person), text(token.name), text(token_hash), code(token.scope),
                              moment(token.created_at), moment(token.expires_at)})};
}

std::optional<ApiToken> SqlRecords::token(std::string_view token_hash) {
  return connection_.first(select_token, {text(token_hash)}, token_from);
}

std::vector<ApiToken> SqlRecords::tokens_of(PersonId person) {
  return connection_.all(select_tokens_of, {key(person)}, token_from);
}

bool SqlRecords::revoke_token(PersonId person, TokenId token) {
  return connection_.run(update_token_revoked, {key(token), key(person)}) > 0;
}

}  // namespace preceptor::store
