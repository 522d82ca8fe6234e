#include "feedback/sessions.hpp"

#include "feedback/page_of.hpp"

namespace preceptor::feedback {

Result<Listing<Session>> list_sessions(Records& records, const Actor& actor, Page page, const Clock& clock) {
  if (auto session = require_session(actor); !session) return tl::unexpected(session.error());
  auto sessions = records.sessions_of(actor.person);
  std::erase_if(sessions, [&](const Session& session) { return session.expires_at <= clock.now(); });
  return page_of(std::move(sessions), page, [](const Session& session) { return session.id.value; });
}

Result<void> end_session(Records& records, const Actor& actor, SessionId session) {
  if (auto own = require_session(actor); !own) return own;
  if (!records.remove_session_of(actor.person, session))
    return refuse(ErrorKind::not_found, "you have no session " + std::to_string(session.value),
                  "Reload the list.");
  return {};
}

Result<void> end_sessions_but(Records& records, const Actor& actor, SessionId kept) {
  if (auto own = require_session(actor); !own) return own;
  records.remove_sessions_but(actor.person, kept);
  return {};
}

}  // namespace preceptor::feedback
