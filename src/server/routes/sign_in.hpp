#pragma once
// What every way of signing in ends with.
#include <string_view>

#include "server/routes/translate.hpp"

namespace preceptor::server {

// Who is signed in, with their roles.
api::Session session_of(loop::Records& records, const feedback::Person& person, std::string csrf_token);
// Sends the cookie and answers the session.
api::Session begin_session(Call& call, const feedback::SignedIn& signed_in);
// Takes the cookie away.
void end_cookie(Call& call);
// Counts the attempt like one to sign in, then checks the caller's own password; slow.
Result<void> check_own_password(Call& call, std::string_view password);

}  // namespace preceptor::server
