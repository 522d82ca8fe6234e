// Links that let people into a project: single use, with an end.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "feedback/accounts.hpp"

namespace preceptor::feedback {

struct NewInvitation {
  Role role = Role::trainer;
  std::string note;               // for whom it is; may be empty
  std::int64_t expires_days = 7;  // 1 to 60
};
struct IssuedInvitation {
  Invitation invitation;
  std::string token;  // shown once; only its hash is stored
};
Result<IssuedInvitation> invite(Records&, const Actor&, ProjectId, const NewInvitation&, const Clock&);
Result<Listing<Invitation>> list_invitations(Records&, const Actor&, ProjectId, Page);
Result<void> revoke_invitation(Records&, const Actor&, ProjectId, InvitationId, const Clock&);

struct InvitationView {
  Invitation invitation;
  std::string project_name;
};
// What the page of the link shows. Refuses with not_found what is no link, with gone one that was accepted,
// revoked, or has run out.
Result<InvitationView> look_at_invitation(Records&, std::string_view token, const Clock&);

// A new person comes in with it. Refuses as look_at_invitation does, and with conflict when the login is
// taken. In a write.
Result<Person> accept_invitation(Records&, std::string_view token, const PreparedPerson&, const Clock&);
// Somebody who has an account joins; the link stays good when they are a member already (conflict).
Result<Membership> join_with_invitation(Records&, const Actor&, std::string_view token, const Clock&);

}  // namespace preceptor::feedback
