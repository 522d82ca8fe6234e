#include "server/routes/sign_in.hpp"

namespace preceptor::server {

namespace {

std::string cookie(const Call& call, std::string_view token, std::int64_t seconds) {
  std::string text = std::string(session_cookie) + "=" + std::string(token) +
                     "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(seconds);
  if (call.context.secure_cookies) text += "; Secure";
  return text;
}

}  // namespace

api::Session session_of(loop::Records& records, const feedback::Person& person, std::string csrf_token) {
  api::Session session;
  session.person = to_api(person);
  for (const auto& [membership, project_name] : feedback::memberships(records, person.id))
    session.memberships.push_back({membership.project, project_name, std::string(name_of(membership.role))});
  session.csrf_token = unless_empty(std::move(csrf_token));
  return session;
}

api::Session begin_session(Call& call, const feedback::SignedIn& signed_in) {
  const auto lifetime =
      std::chrono::duration_cast<std::chrono::seconds>(signed_in.expires_at - call.clock().now());
  call.response_headers.emplace_back("Set-Cookie", cookie(call, signed_in.token, lifetime.count()));
  return loop::read(call.context.parts.storage, [&](loop::Records& records) {
    return session_of(records, signed_in.person, signed_in.csrf_token);
  });
}

void end_cookie(Call& call) { call.response_headers.emplace_back("Set-Cookie", cookie(call, "", 0)); }

Result<void> check_own_password(Call& call, std::string_view password) {
  const auto& login = call.caller.person.login;
  auto& throttle = call.context.sign_in_throttle;
  if (auto begun = throttle.begin(login, call.request.client); !begun) return begun;
  const auto credentials = loop::read(call.context.parts.storage, [&](loop::Records& records) {
    return feedback::find_credentials(records, login);
  });
  if (!feedback::verify_credentials(credentials, password))
    return refuse(ErrorKind::forbidden, "Your password is wrong", "Type the one you sign in with");
  throttle.succeeded(login, call.request.client);
  return {};
}

}  // namespace preceptor::server
