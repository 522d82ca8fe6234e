// A second proof of who somebody is: codes of an authenticator (base/one_time_code.hpp), and recovery codes
// for the day it is lost.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "feedback/rights.hpp"

namespace preceptor::feedback {

inline constexpr int recovery_codes_made = 10;

struct Enrolment {
  std::string secret;   // base32, to be typed into the authenticator
  std::string address;  // the same as otpauth://totp/…
};
// A new secret, not asked for yet. Refuses with conflict when the person has one that is; with forbidden to
// an API token.
Result<Enrolment> begin_second_factor(Records&, const Actor&, const Clock&);
// From the first right code on, sign-in asks for one. Answers the recovery codes, which are shown this once.
Result<std::vector<std::string>> confirm_second_factor(Records&, const Actor&, std::string_view code,
                                                       const Clock&);
// Whoever calls these two has checked the password.
Result<std::vector<std::string>> renew_recovery_codes(Records&, const Actor&, const Clock&);
Result<void> remove_second_factor(Records&, const Actor&, const Clock&);

struct SecondFactorState {
  bool on = false;
  std::int64_t recovery_codes_left = 0;
};
SecondFactorState second_factor_state(Records&, PersonId);

// A code of the authenticator or a recovery code; each works once. unauthenticated at "/code" when it is
// missing or wrong. In a write.
Result<void> use_code(Records&, PersonId, std::string_view code, const Clock&);

}  // namespace preceptor::feedback
