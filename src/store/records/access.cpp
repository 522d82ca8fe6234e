#include "store/sql_records.hpp"
#include "store/values.hpp"

namespace preceptor::store {
namespace {

constexpr Statement select_sessions_of{
    "sessions_of",
    "SELECT person_id, csrf_token, expires_at, device, created_at, last_seen_at, id FROM session "
    "WHERE person_id = $1 ORDER BY id"};
constexpr Statement delete_session_of{"session_remove_of",
                                      "DELETE FROM session WHERE person_id = $1 AND id = $2"};
constexpr Statement delete_sessions_but{"sessions_remove_but",
                                        "DELETE FROM session WHERE person_id = $1 AND id <> $2"};
constexpr Statement update_session_seen{"session_touch",
                                        "UPDATE session SET last_seen_at = $2 WHERE id = $1"};

constexpr Statement insert_invitation{
    "invitation_add",
    "INSERT INTO invitation (token_hash, project_id, role, note, author_id, created_at, expires_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id"};
constexpr Statement select_invitation{
    "invitation",
    "SELECT id, project_id, role, note, author_id, created_at, expires_at, accepted_by, accepted_at, revoked "
    "FROM invitation WHERE token_hash = $1"};
constexpr Statement select_invitations{
    "invitations",
    "SELECT id, project_id, role, note, author_id, created_at, expires_at, accepted_by, accepted_at, revoked "
    "FROM invitation WHERE project_id = $1 ORDER BY id"};
constexpr Statement update_invitation_taken{"invitation_take",
                                            "UPDATE invitation SET accepted_by = $2, accepted_at = $3 "
                                            "WHERE id = $1 AND accepted_at = 0 AND revoked = 0"};
constexpr Statement update_invitation_revoked{"invitation_revoke",
                                              "UPDATE invitation SET revoked = 1 WHERE project_id = $1 AND "
                                              "id = $2 AND accepted_at = 0 AND revoked = 0"};

constexpr Statement insert_reset{
    "password_reset_add",
    "INSERT INTO password_reset (token_hash, person_id, author_id, drops_second_factor, created_at, "
    "expires_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id"};
constexpr Statement select_reset{
    "password_reset",
    "SELECT id, person_id, author_id, drops_second_factor, created_at, expires_at, used_at "
    "FROM password_reset WHERE token_hash = $1"};
constexpr Statement update_reset_taken{
    "password_reset_take", "UPDATE password_reset SET used_at = $2 WHERE id = $1 AND used_at = 0"};
constexpr Statement update_resets_expired{
    "password_resets_expire",
    "UPDATE password_reset SET expires_at = $2 WHERE person_id = $1 AND used_at = 0 AND expires_at > $2"};

constexpr Statement upsert_factor{
    "second_factor_put",
    "INSERT INTO second_factor (person_id, secret, confirmed, last_step, created_at) "
    "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (person_id) DO UPDATE SET secret = excluded.secret, "
    "confirmed = excluded.confirmed, last_step = excluded.last_step, created_at = excluded.created_at"};
constexpr Statement select_factor{
    "second_factor",
    "SELECT person_id, secret, confirmed, last_step, created_at FROM second_factor WHERE person_id = $1"};
constexpr Statement update_factor_confirmed{"second_factor_confirm",
                                            "UPDATE second_factor SET confirmed = 1 WHERE person_id = $1"};
constexpr Statement update_factor_step{
    "second_factor_step", "UPDATE second_factor SET last_step = $2 WHERE person_id = $1 AND last_step < $2"};
constexpr Statement delete_factor{"second_factor_remove", "DELETE FROM second_factor WHERE person_id = $1"};
constexpr Statement delete_codes{"recovery_codes_remove", "DELETE FROM recovery_code WHERE person_id = $1"};
constexpr Statement insert_code{"recovery_code_add",
                                "INSERT INTO recovery_code (person_id, code_hash) VALUES ($1, $2)"};
constexpr Statement update_code_used{
    "recovery_code_use",
    "UPDATE recovery_code SET used = 1 WHERE person_id = $1 AND code_hash = $2 AND used = 0"};
constexpr Statement count_codes{"recovery_codes_left",
                                "SELECT count(*) FROM recovery_code WHERE person_id = $1 AND used = 0"};

Invitation invitation_from(const Row& row) {
  return {.id = id_at<feedback::InvitationId>(row, 0),
          .project = id_at<ProjectId>(row, 1),
          .role = code_at<Role>(row, 2),
          .note = row.text(3),
          .author = id_at<PersonId>(row, 4),
          .created_at = moment_at(row, 5),
          .expires_at = moment_at(row, 6),
          .accepted_by = id_at<PersonId>(row, 7),
          .accepted_at = moment_at(row, 8),
          .revoked = flag_at(row, 9)};
}

}  // namespace

std::vector<Session> SqlRecords::sessions_of(PersonId person) {
  return connection_.all(select_sessions_of, {key(person)}, [](const Row& row) {
    return Session{.person = id_at<PersonId>(row, 0),
                   .csrf_token = row.text(1),
                   .expires_at = moment_at(row, 2),
                   .device = row.text(3),
                   .created_at = moment_at(row, 4),
                   .last_seen_at = moment_at(row, 5),
                   .id = id_at<feedback::SessionId>(row, 6)};
  });
}

bool SqlRecords::remove_session_of(PersonId person, feedback::SessionId session) {
  return connection_.run(delete_session_of, {key(person), key(session)}) > 0;
}

void SqlRecords::remove_sessions_but(PersonId person, feedback::SessionId kept) {
  connection_.run(delete_sessions_but, {key(person), key(kept)});
}

void SqlRecords::touch_session(feedback::SessionId session, Timestamp seen) {
  connection_.run(update_session_seen, {key(session), moment(seen)});
}

feedback::InvitationId SqlRecords::add_invitation(std::string_view token_hash, const Invitation& invitation) {
  return {connection_.number(
      insert_invitation,
      {text(token_hash), key(invitation.project), code(invitation.role), text(invitation.note),
       key_or_null(invitation.author), moment(invitation.created_at), moment(invitation.expires_at)})};
}

std::optional<Invitation> SqlRecords::invitation(std::string_view token_hash) {
  return connection_.first(select_invitation, {text(token_hash)}, invitation_from);
}

std::vector<Invitation> SqlRecords::invitations(ProjectId project) {
  return connection_.all(select_invitations, {key(project)}, invitation_from);
}

bool SqlRecords::take_invitation(feedback::InvitationId invitation, PersonId person, Timestamp at) {
  return connection_.run(update_invitation_taken, {key(invitation), key(person), moment(at)}) > 0;
}

bool SqlRecords::revoke_invitation(ProjectId project, feedback::InvitationId invitation) {
  return connection_.run(update_invitation_revoked, {key(project), key(invitation)}) > 0;
}

feedback::PasswordResetId SqlRecords::add_password_reset(std::string_view token_hash,
                                                         const PasswordReset& reset) {
  return {connection_.number(
      insert_reset, {text(token_hash), key(reset.person), key_or_null(reset.author),
                     flag(reset.drops_second_factor), moment(reset.created_at), moment(reset.expires_at)})};
}

std::optional<PasswordReset> SqlRecords::password_reset(std::string_view token_hash) {
  return connection_.first(select_reset, {text(token_hash)}, [](const Row& row) {
    return PasswordReset{.id = id_at<feedback::PasswordResetId>(row, 0),
                         .person = id_at<PersonId>(row, 1),
                         .author = id_at<PersonId>(row, 2),
                         .drops_second_factor = flag_at(row, 3),
                         .created_at = moment_at(row, 4),
                         .expires_at = moment_at(row, 5),
                         .used_at = moment_at(row, 6)};
  });
}

bool SqlRecords::take_password_reset(feedback::PasswordResetId reset, Timestamp at) {
  return connection_.run(update_reset_taken, {key(reset), moment(at)}) > 0;
}

void SqlRecords::expire_password_resets(PersonId person, Timestamp at) {
  connection_.run(update_resets_expired, {key(person), moment(at)});
}

void SqlRecords::put_second_factor(const SecondFactor& factor) {
  connection_.run(upsert_factor, {key(factor.person), text(factor.secret), flag(factor.confirmed),
                                  integer(factor.last_step), moment(factor.created_at)});
}

std::optional<SecondFactor> SqlRecords::second_factor(PersonId person) {
  return connection_.first(select_factor, {key(person)}, [](const Row& row) {
    return SecondFactor{.person = id_at<PersonId>(row, 0),
                        .secret = row.text(1),
                        .confirmed = flag_at(row, 2),
                        .last_step = row.integer(3),
                        .created_at = moment_at(row, 4)};
  });
}

void SqlRecords::confirm_second_factor(PersonId person) {
  connection_.run(update_factor_confirmed, {key(person)});
}

bool SqlRecords::use_step(PersonId person, std::int64_t step) {
  return connection_.run(update_factor_step, {key(person), integer(step)}) > 0;
}

void SqlRecords::remove_second_factor(PersonId person) {
  connection_.run(delete_codes, {key(person)});
  connection_.run(delete_factor, {key(person)});
}

void SqlRecords::put_recovery_codes(PersonId person, std::span<const std::string> hashes) {
  connection_.run(delete_codes, {key(person)});
  for (const std::string& hash : hashes) connection_.run(insert_code, {key(person), text(hash)});
}

bool SqlRecords::use_recovery_code(PersonId person, std::string_view hash) {
  return connection_.run(update_code_used, {key(person), text(hash)}) > 0;
}

std::int64_t SqlRecords::recovery_codes_left(PersonId person) {
  return connection_.number(count_codes, {key(person)});
}

}  // namespace preceptor::store
