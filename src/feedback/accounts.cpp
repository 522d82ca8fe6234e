#include "feedback/accounts.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/hash.hpp"
#include "base/password.hpp"
#include "feedback/events.hpp"
#include "feedback/page_of.hpp"
#include "feedback/passwords.hpp"
#include "feedback/text_rules.hpp"

namespace preceptor::feedback {
namespace {

constexpr std::chrono::hours session_duration{14 * 24};
constexpr std::size_t name_bytes_max = 200;

Result<std::string> checked_login(std::string login) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' || c == '@' ||
           c == '+';
  };
  std::transform(login.begin(), login.end(), login.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (login.size() < 2 || login.size() > 64 || !std::all_of(login.begin(), login.end(), fits)) {
    return refuse(ErrorKind::invalid, "this login cannot be used",
                  "Use 2 to 64 of the letters a-z, digits and . _ - @ +", "/login");
  }
  return login;
}

Person with_id(Person person, PersonId id) {
  person.id = id;
  return person;
}

tl::unexpected<Error> signed_out() {
  return refuse(ErrorKind::unauthenticated, "you are not signed in", "Sign in again.");
}

}  // namespace

Result<PreparedPerson> prepare_person(const NewPerson& fresh, const Clock& clock) {
  auto login = checked_login(fresh.login);
  if (!login) return tl::unexpected(login.error());
  if (auto checked = check_text(fresh.name, name_bytes_max, Blank::refused, "/name"); !checked) {
    return tl::unexpected(checked.error());
  }
  if (auto checked = check_password(fresh.password, "/password"); !checked)
    return tl::unexpected(checked.error());
  return PreparedPerson{.person = {.login = std::move(*login),
                                   .name = fresh.name,
                                   .simulated = fresh.simulated,
                                   .administrator = fresh.administrator,
                                   .created_at = clock.now()},
                        .password_hash = hash_password(fresh.password)};
}

Result<Person> create_person(Records& records, const Actor& actor, const PreparedPerson& prepared,
                             const Clock& clock) {
  if (auto permitted = require_administrator(actor, Act::changes); !permitted)
    return tl::unexpected(permitted.error());
  auto person = create_person_locally(records, prepared, clock);
  return person;
}

Result<Person> create_person_locally(Records& records, const PreparedPerson& prepared, const Clock& clock) {
  if (records.credentials(prepared.person.login)) {
    return refuse(ErrorKind::conflict, "the login " + prepared.person.login + " is taken",
                  "Choose another one.", "/login");
  }
  const PersonId id = records.add_person(prepared.person, prepared.password_hash);
  // No name and no login: the log is kept for ever.
  record_event(records, {.kind = event::person_created, .subject = id.value},
               {{"person_id", id.value},
                {"simulated", prepared.person.simulated},
                {"administrator", prepared.person.administrator}},
               clock.now());
  return with_id(prepared.person, id);
}

Result<Listing<Person>> list_people(Records& records, const Actor& actor, Page page) {
  if (auto permitted = require_administrator(actor, Act::reads); !permitted)
    return tl::unexpected(permitted.error());
  return records.people(page);
}

std::optional<Credentials> find_credentials(Records& records, std::string_view login) {
  const auto known = checked_login(std::string(login));
  if (!known) return std::nullopt;
  return records.credentials(*known);
}

Result<Person> verify_credentials(const std::optional<Credentials>& credentials, std::string_view password) {
  // An unknown login costs one hash as well, so that the time taken does not tell which logins exist.
  static const std::string nobody = hash_password(random_token());
  const bool right =
      verify_password(credentials ? credentials->password_hash : nobody, password.substr(0, 2048));
  if (!credentials || !right) {
    return refuse(ErrorKind::unauthenticated, "login or password is wrong", "Check both and try again.");
  }
  return credentials->person;
}

SignedIn open_session(Records& records, const Person& person, const Clock& clock, std::string_view device) {
  const Timestamp now = clock.now();
  records.remove_sessions_expired_before(now);
  SignedIn fresh{.token = random_token(),
                 .csrf_token = random_token(),
                 .expires_at = now + session_duration,
                 .person = person};
  records.add_session(sha256_hex(fresh.token), {.person = person.id,
                                                .csrf_token = fresh.csrf_token,
                                                .expires_at = fresh.expires_at,
                                                .device = std::string(device),
                                                .created_at = now,
                                                .last_seen_at = now});
  return fresh;
}

void close_session(Records& records, std::string_view token) { records.remove_session(sha256_hex(token)); }

Result<Authenticated> authenticate_session(Records& records, std::string_view token, const Clock& clock) {
  const auto session = records.session(sha256_hex(token));
  if (!session || session->expires_at <= clock.now()) return signed_out();
  auto person = records.person(session->person);
  if (!person) return signed_out();
  return Authenticated{.actor = {.person = person->id, .administrator = person->administrator},
                       .person = *person,
                       .csrf_token = session->csrf_token,
                       .session = session->id,
                       .last_seen_at = session->last_seen_at};
}

Result<Authenticated> authenticate_token(Records& records, std::string_view token, const Clock& clock) {
  const auto known = records.token(sha256_hex(token));
  if (!known || known->revoked || known->expires_at <= clock.now()) {
    return refuse(ErrorKind::unauthenticated, "the API token is unknown, expired or revoked",
                  "Make a new one.");
  }
  auto person = records.person(known->person);
  if (!person) return signed_out();
  return Authenticated{.actor = {.person = person->id,
                                 .administrator = person->administrator,
                                 .scope = known->scope,
                                 .by_token = true},
                       .person = *person};
}

Result<IssuedToken> create_token(Records& records, const Actor& actor, const NewToken& fresh,
                                 const Clock& clock) {
  if (auto scope = require_scope(actor, Act::changes); !scope) return tl::unexpected(scope.error());
  // A token must not widen itself.
  if (auto session = require_session(actor); fresh.scope == TokenScope::model && !session)
    return tl::unexpected(session.error());
  if (auto checked = check_text(fresh.name, name_bytes_max, Blank::refused, "/name"); !checked) {
    return tl::unexpected(checked.error());
  }
  if (fresh.expires_days < 1 || fresh.expires_days > 366) {
    return refuse(ErrorKind::invalid, "a token lives between 1 and 366 days", "Choose a number of days.",
                  "/expires_days");
  }
  const Timestamp now = clock.now();
  IssuedToken issued{.name = fresh.name,
                     .token = random_token(),
                     .expires_at = now + std::chrono::hours(24 * fresh.expires_days)};
  issued.id = records.add_token(sha256_hex(issued.token), {.person = actor.person,
                                                           .name = fresh.name,
                                                           .scope = fresh.scope,
                                                           .created_at = now,
                                                           .expires_at = issued.expires_at});
  record_event(records, {.kind = event::token_created, .actor = actor.person, .subject = issued.id.value},
               {{"token_id", issued.id.value},
                {"scope", name_of(fresh.scope)},
                {"expires_at", issued.expires_at.microseconds}},
               now);
  return issued;
}

Listing<ApiToken> list_tokens(Records& records, const Actor& actor, Page page) {
  return page_of(records.tokens_of(actor.person), page, [](const ApiToken& token) { return token.id.value; });
}

Result<void> revoke_token(Records& records, const Actor& actor, TokenId token, const Clock& clock) {
  if (auto scope = require_scope(actor, Act::changes); !scope) return scope;
  if (!records.revoke_token(actor.person, token)) {
    return refuse(ErrorKind::not_found, "you have no token " + std::to_string(token.value),
                  "Reload the list.");
  }
  record_event(records, {.kind = event::token_revoked, .actor = actor.person, .subject = token.value},
               {{"token_id", token.value}}, clock.now());
  return {};
}

std::vector<NamedMembership> memberships(Records& records, PersonId person) {
  std::vector<NamedMembership> result;
  for (const Membership& membership : records.memberships_of(person)) {
    const auto project = records.project(membership.project);
    result.push_back({membership, project ? project->name : ""});
  }
  return result;
}

}  // namespace preceptor::feedback
