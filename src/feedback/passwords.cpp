#include "feedback/passwords.hpp"

#include <nlohmann/json.hpp>

#include "base/hash.hpp"
#include "base/password.hpp"
#include "feedback/events.hpp"

namespace preceptor::feedback {
namespace {

constexpr std::size_t password_bytes_min = 10;
constexpr std::size_t password_bytes_max = 1024;
constexpr std::chrono::hours link_duration{48};

void record_change(Records& records, std::string_view kind, PersonId actor, PersonId person,
                   const Clock& clock) {
  record_event(records, {.kind = kind, .actor = actor, .subject = person.value},
               {{"person_id", person.value}}, clock.now());
}

Result<PasswordReset> open_link(Records& records, std::string_view token, const Clock& clock) {
  auto reset = records.password_reset(sha256_hex(token));
  if (!reset)
    return refuse(ErrorKind::not_found, "there is no such link",
                  "Copy the whole link, or ask for a new one.");
  if (reset->used_at.microseconds != 0)
    return refuse(ErrorKind::gone, "this link was used before", "Ask an administrator for a new one.");
  if (reset->expires_at <= clock.now())
    return refuse(ErrorKind::gone, "this link has run out", "Ask an administrator for a new one.");
  return *std::move(reset);
}

}  // namespace

Result<void> check_password(std::string_view password, std::string_view where) {
  if (password.size() < password_bytes_min || password.size() > password_bytes_max) {
    return refuse(ErrorKind::invalid, "the password is too short or too long",
                  "Use at least " + std::to_string(password_bytes_min) + " characters; a sentence is best.",
                  std::string(where));
  }
  return {};
}

Result<void> set_password(Records& records, const Actor& actor, std::string_view password_hash,
                          SessionId kept, const Clock& clock) {
  if (auto session = require_session(actor); !session) return session;
  records.set_password_hash(actor.person, password_hash);
  records.remove_sessions_but(actor.person, kept);
  records.expire_password_resets(actor.person, clock.now());
  record_change(records, event::password_changed, actor.person, actor.person, clock);
  return {};
}

Result<ResetLink> issue_password_reset(Records& records, const Actor& actor, PersonId person,
                                       bool drop_second_factor, const Clock& clock) {
  if (auto permitted = require_administrator(actor, Act::changes); !permitted)
    return tl::unexpected(permitted.error());
  if (auto session = require_session(actor); !session) return tl::unexpected(session.error());
  return issue_password_reset_locally(records, actor.person, person, drop_second_factor, clock);
}

Result<ResetLink> issue_password_reset_locally(Records& records, PersonId author, PersonId person,
                                               bool drop_second_factor, const Clock& clock) {
  if (!records.person(person))
    return refuse(ErrorKind::not_found, "there is no such person", "Reload the list.");
  const Timestamp now = clock.now();
  records.expire_password_resets(person, now);
  ResetLink link{.token = random_token(), .expires_at = now + link_duration};
  link.id = records.add_password_reset(sha256_hex(link.token), {.person = person,
                                                                .author = author,
                                                                .drops_second_factor = drop_second_factor,
                                                                .created_at = now,
                                                                .expires_at = link.expires_at});
  record_change(records, event::password_reset_issued, author, person, clock);
  return link;
}

Result<Person> look_at_password_reset(Records& records, std::string_view token, const Clock& clock) {
  const auto reset = open_link(records, token, clock);
  if (!reset) return tl::unexpected(reset.error());
  auto person = records.person(reset->person);
  if (!person) return refuse(ErrorKind::gone, "the account of this link is gone");
  return *std::move(person);
}

Result<Person> use_password_reset(Records& records, std::string_view token, std::string_view password_hash,
                                  const Clock& clock) {
  const auto reset = open_link(records, token, clock);
  if (!reset) return tl::unexpected(reset.error());
  auto person = records.person(reset->person);
  if (!person || !records.take_password_reset(reset->id, clock.now()))
    return refuse(ErrorKind::gone, "this link was used before", "Ask an administrator for a new one.");
  records.set_password_hash(reset->person, password_hash);
  records.remove_sessions_of(reset->person);
  if (reset->drops_second_factor) records.remove_second_factor(reset->person);
  record_change(records, event::password_changed, {}, reset->person, clock);
  return *std::move(person);
}

}  // namespace preceptor::feedback
