// Where somebody is signed in, and how they end it.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "feedback/rights.hpp"

namespace preceptor::feedback {

// One's own, without those that have ended. Refuses an API token.
Result<Listing<Session>> list_sessions(Records&, const Actor&, Page, const Clock&);
Result<void> end_session(Records&, const Actor&, SessionId);
Result<void> end_sessions_but(Records&, const Actor&, SessionId kept);

// How long it takes until a session that is in use is written down as seen again.
inline constexpr std::chrono::minutes seen_interval{5};

}  // namespace preceptor::feedback
