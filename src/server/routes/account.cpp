// One's own account: sessions, password, second factor.
#include "server/api/account.hpp"

#include "base/password.hpp"
#include "feedback/passwords.hpp"
#include "feedback/second_factor.hpp"
#include "feedback/sessions.hpp"
#include "server/routes/sign_in.hpp"
#include "server/routes/table.hpp"

namespace preceptor::server {

namespace {

using wire::List;
using wire::Nothing;

Result<api::Account> show_account(Call& call, loop::Records& records, const Nothing&) {
  const auto state = feedback::second_factor_state(records, call.actor().person);
  return api::Account{to_api(call.caller.person), state.on, state.recovery_codes_left};
}

Result<List<api::OpenSession>> list_sessions(Call& call, loop::Records& records, const api::WidePage& query) {
  auto asked = page(call, query);
  if (!asked) return tl::unexpected(asked.error());
  const auto found = feedback::list_sessions(records, call.actor(), *asked, call.clock());
  if (!found) return tl::unexpected(found.error());
  List<api::OpenSession> list;
  for (const auto& session : found->items)
    list.items.push_back({session.id, session.device, session.created_at, session.last_seen_at,
                          session.expires_at, session.id == call.caller.session});
  if (found->next) list.next_cursor = cursor_of(*call.route, *found->next);
  return list;
}

Result<Nothing> end_session(Call& call, loop::Records& records, const Nothing&) {
  const auto session = call.id<feedback::SessionId>(0);
  auto ended = feedback::end_session(records, call.actor(), session);
  if (!ended) return tl::unexpected(ended.error());
  call.context.authentication.forget_person(call.actor().person);
  if (session == call.caller.session) end_cookie(call);
  return Nothing{};
}

Result<Nothing> end_other_sessions(Call& call, loop::Records& records, const Nothing&) {
  auto ended = feedback::end_sessions_but(records, call.actor(), call.caller.session);
  if (!ended) return tl::unexpected(ended.error());
  call.context.authentication.forget_person(call.actor().person);
  return Nothing{};
}

Result<Nothing> change_password(Call& call, const api::NewPassword& input) {
  if (auto checked = feedback::check_password(input.fresh, "/fresh"); !checked)
    return tl::unexpected(checked.error());
  if (auto own = check_own_password(call, input.current); !own) return tl::unexpected(own.error());
  const auto hash = hash_password(input.fresh);
  auto changed = loop::write(call.context.parts.storage, [&](loop::Records& records) {
    return feedback::set_password(records, call.actor(), hash, call.caller.session, call.clock());
  });
  if (!changed) return tl::unexpected(changed.error());
  call.context.authentication.forget_person(call.actor().person);
  return Nothing{};
}

Result<api::Enrolment> begin_second_factor(Call& call, loop::Records& records, const Nothing&) {
  return feedback::begin_second_factor(records, call.actor(), call.clock()).map([](const auto& begun) {
    return api::Enrolment{begun.secret, begun.address};
  });
}

Result<api::RecoveryCodes> confirm_second_factor(Call& call, loop::Records& records, const api::Code& input) {
  auto codes = feedback::confirm_second_factor(records, call.actor(), input.code, call.clock());
  if (!codes) return tl::unexpected(codes.error());
  return api::RecoveryCodes{*std::move(codes)};
}

Result<api::RecoveryCodes> renew_recovery_codes(Call& call, const api::PasswordProof& input) {
  if (auto own = check_own_password(call, input.password); !own) return tl::unexpected(own.error());
  auto codes = loop::write(call.context.parts.storage, [&](loop::Records& records) {
    return feedback::renew_recovery_codes(records, call.actor(), call.clock());
  });
  if (!codes) return tl::unexpected(codes.error());
  return api::RecoveryCodes{*std::move(codes)};
}

Result<Nothing> remove_second_factor(Call& call, const api::PasswordProof& input) {
  if (auto own = check_own_password(call, input.password); !own) return tl::unexpected(own.error());
  auto removed = loop::write(call.context.parts.storage, [&](loop::Records& records) {
    return feedback::remove_second_factor(records, call.actor(), call.clock());
  });
  if (!removed) return tl::unexpected(removed.error());
  return Nothing{};
}

std::vector<Route> second_factor_routes() {
  const auto topic = "account";
  return {
      write({.method = "POST",
             .path = "/account/second-factor",
             .operation = "beginSecondFactor",
             .summary = "A new secret for an authenticator; sign-in does not ask for it yet",
             .topic = topic,
             .access = Access::session(),
             .errors = {ErrorKind::conflict},
             .answers_secret = true},
            begin_second_factor),
      write({.method = "POST",
             .path = "/account/second-factor/confirm",
             .operation = "confirmSecondFactor",
             .summary = "Proves that the authenticator works; from now on sign-in asks for its code",
             .topic = topic,
             .access = Access::session(),
             .errors = {ErrorKind::conflict, ErrorKind::not_found},
             .answers_secret = true},
            confirm_second_factor),
      unbound({.method = "POST",
               .path = "/account/second-factor/recovery-codes",
               .operation = "renewRecoveryCodes",
               .summary = "New recovery codes; the old ones stop working",
               .topic = topic,
               .access = Access::session(),
               .errors = {ErrorKind::not_found, ErrorKind::rate_limited},
               .answers_secret = true},
              renew_recovery_codes),
      unbound({.method = "POST",
               .path = "/account/second-factor/remove",
               .operation = "removeSecondFactor",
               .summary = "Sign-in asks for no code any more",
               .topic = topic,
               .access = Access::session(),
               .errors = {ErrorKind::not_found, ErrorKind::rate_limited}},
              remove_second_factor),
  };
}

}  // namespace

std::vector<Route> account_routes() {
  const auto topic = "account";
  std::vector<Route> routes = {
      read({.method = "GET",
            .path = "/account",
            .operation = "showAccount",
            .summary = "One's own account",
            .topic = topic,
            .access = Access::signed_in()},
           show_account),
      read({.method = "GET",
            .path = "/account/sessions",
            .operation = "listSessions",
            .summary = "Where one is signed in",
            .topic = topic,
            .access = Access::session()},
           list_sessions),
      write({.method = "DELETE",
             .path = "/account/sessions/{session}",
             .operation = "endSession",
             .summary = "Ends one of one's own sessions",
             .topic = topic,
             .access = Access::session(),
             .errors = {ErrorKind::not_found}},
            end_session),
      write({.method = "DELETE",
             .path = "/account/sessions",
             .operation = "endOtherSessions",
             .summary = "Ends all of one's own sessions but this one",
             .topic = topic,
             .access = Access::session()},
            end_other_sessions),
      unbound({.method = "PUT",
               .path = "/account/password",
               .operation = "changePassword",
               .summary = "Changes one's own password and ends all other sessions",
               .topic = topic,
               .access = Access::session(),
               .errors = {ErrorKind::rate_limited}},
              change_password),
  };
  for (auto& route : second_factor_routes()) routes.push_back(std::move(route));
  return routes;
}

}  // namespace preceptor::server
