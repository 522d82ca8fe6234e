// People, sign-in, sessions and API tokens.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "feedback/rights.hpp"

namespace preceptor::feedback {

struct NewPerson {
  std::string login;  // 2 to 64 of a–z 0–9 . _ - @ +, kept in lower case
  std::string name;
  std::string password;  // at least 10 bytes, at most 1,024
  bool simulated = false;
  bool administrator = false;
};
// The slow part (Argon2id), done outside the transaction, so that nobody else waits for it.
struct PreparedPerson {
  Person person;
  std::string password_hash;
};
Result<PreparedPerson> prepare_person(const NewPerson&, const Clock&);
Result<Person> create_person(Records&, const Actor&, const PreparedPerson&,
                             const Clock&);  // administrators only
// For the command line of the machine's owner, and for the first administrator.
Result<Person> create_person_locally(Records&, const PreparedPerson&, const Clock&);
Result<Listing<Person>> list_people(Records&, const Actor&, Page);  // administrators only

struct SignedIn {
  std::string token;  // for the cookie; only its hash is stored
  std::string csrf_token;
  Timestamp expires_at;
  Person person;
};
// Sign-in in two steps: read the credentials, verify outside the transaction (slow), then open the session.
std::optional<Credentials> find_credentials(Records&, std::string_view login);
// Takes the same time whether or not the login exists. unauthenticated when either is wrong.
Result<Person> verify_credentials(const std::optional<Credentials>&, std::string_view password);
// 14 days. `device` is what the person reads in the list of their sessions.
SignedIn open_session(Records&, const Person&, const Clock&, std::string_view device = {});
void close_session(Records&, std::string_view token);

struct Authenticated {
  Actor actor;
  Person person;
  std::string csrf_token = {};  // empty for a bearer token
  SessionId session = {};       // none for a bearer token
  Timestamp last_seen_at = {};  // as stored with the session
};
Result<Authenticated> authenticate_session(Records&, std::string_view token, const Clock&);
Result<Authenticated> authenticate_token(Records&, std::string_view token, const Clock&);

struct NewToken {
  std::string name;
  std::int64_t expires_days = 90;  // 1 to 366
  TokenScope scope = TokenScope::write;
};
struct IssuedToken {
  TokenId id;
  std::string name;
  std::string token;  // shown once
  Timestamp expires_at;
};
Result<IssuedToken> create_token(Records&, const Actor&, const NewToken&, const Clock&);
Listing<ApiToken> list_tokens(Records&, const Actor&, Page = {});
Result<void> revoke_token(Records&, const Actor&, TokenId, const Clock&);

struct NamedMembership {
  Membership membership;
  std::string project_name;
};
std::vector<NamedMembership> memberships(Records&, PersonId);

}  // namespace preceptor::feedback
