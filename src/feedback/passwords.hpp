// A new password: by whoever knows the old one, or with a link that an administrator made.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "feedback/rights.hpp"

namespace preceptor::feedback {

// 10 to 1,024 bytes; `where` is a JSON pointer.
Result<void> check_password(std::string_view password, std::string_view where);

// The caller has verified the old password and hashed the new one, both slow and outside the transaction.
// Ends every session of the person but `kept`. Refuses an API token.
Result<void> set_password(Records&, const Actor&, std::string_view password_hash, SessionId kept,
                          const Clock&);

struct ResetLink {
  PasswordResetId id;
  std::string token;  // shown once; only its hash is stored
  Timestamp expires_at;
};
// Administrators only, with a session. A link made before for the same person stops working.
Result<ResetLink> issue_password_reset(Records&, const Actor&, PersonId, bool drop_second_factor,
                                       const Clock&);
// For the command line of the machine's owner.
Result<ResetLink> issue_password_reset_locally(Records&, PersonId author, PersonId person,
                                               bool drop_second_factor, const Clock&);

// Whose password it is. Refuses with not_found what is no link, with gone one that was used or has run out.
Result<Person> look_at_password_reset(Records&, std::string_view token, const Clock&);
// Sets the password, ends every session, and drops the second factor when the link says so. In a write.
Result<Person> use_password_reset(Records&, std::string_view token, std::string_view password_hash,
                                  const Clock&);

}  // namespace preceptor::feedback
