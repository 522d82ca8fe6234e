// How people come in and prove who they are: invitations, links for a new password, codes of a second factor.
#pragma once

#include <string>

#include "feedback/types.hpp"

namespace preceptor::feedback {

// A link that lets one person into a project. Only the hash of its secret is stored.
struct Invitation {
  InvitationId id;
  ProjectId project;
  Role role = Role::trainer;
  std::string note;  // for whom it is, in the author's words; may be empty
  PersonId author;
  Timestamp created_at, expires_at;
  PersonId accepted_by;   // none: nobody yet
  Timestamp accepted_at;  // zero until then
  bool revoked = false;
};

// A link with which one person chooses a new password.
struct PasswordReset {
  PasswordResetId id;
  PersonId person;
  PersonId author;  // none: from the command line
  bool drops_second_factor = false;
  Timestamp created_at, expires_at;
  Timestamp used_at;  // zero until then
};

// The secret that a person's authenticator shares with us.
struct SecondFactor {
  PersonId person;
  std::string secret;          // base32, as the authenticator reads it
  bool confirmed = false;      // asked for at sign-in only once a first code has proved that it works
  std::int64_t last_step = 0;  // of time; codes of this step and earlier ones are used up
  Timestamp created_at;
};

}  // namespace preceptor::feedback
