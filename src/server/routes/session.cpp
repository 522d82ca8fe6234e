// Sign-in, sign-out, API tokens, people.
#include "feedback/second_factor.hpp"
#include "server/device.hpp"
#include "server/routes/sign_in.hpp"
#include "server/routes/table.hpp"

namespace preceptor::server {

namespace {

using feedback::Right;
using wire::Nothing;

Result<api::Session> sign_in(Call& call, const api::SignIn& input) {
  auto& throttle = call.context.sign_in_throttle;
  auto& storage = call.context.parts.storage;
  if (auto begun = throttle.begin(input.login, call.request.client); !begun)
    return tl::unexpected(begun.error());
  const auto credentials = loop::read(
      storage, [&](loop::Records& records) { return feedback::find_credentials(records, input.login); });
  auto person = feedback::verify_credentials(credentials, input.password);
  if (!person) return tl::unexpected(person.error());
  const Clock& clock = call.clock();
  const auto device = device_of(call.request.header("user-agent"));
  auto signed_in = loop::write(storage, [&](loop::Records& records) -> Result<feedback::SignedIn> {
    if (auto code = feedback::use_code(records, person->id, input.code, clock); !code)
      return tl::unexpected(code.error());
    return feedback::open_session(records, *person, clock, device);
  });
  if (!signed_in) return tl::unexpected(signed_in.error());
  throttle.succeeded(input.login, call.request.client);
  return begin_session(call, *signed_in);
}

Result<api::Session> show_session(Call& call, loop::Records& records, const Nothing&) {
  return session_of(records, call.caller.person, call.caller.csrf_token);
}

Result<Nothing> sign_out(Call& call, loop::Records& records, const Nothing&) {
  const auto token = session_token(call.request);
  feedback::close_session(records, token);
  call.context.authentication.forget(token);
  end_cookie(call);
  return Nothing{};
}

Result<api::CreatedToken> create_token(Call& call, loop::Records& records, const api::NewToken& input) {
  const auto scope = word<feedback::TokenScope>(input.scope);
  auto issued =
      feedback::create_token(records, call.actor(), {input.name, input.expires_days, scope}, call.clock());
  if (!issued) return tl::unexpected(issued.error());
  return api::CreatedToken{issued->id, issued->name, input.scope, issued->token, issued->expires_at};
}

Result<wire::List<api::Token>> list_tokens(Call& call, loop::Records& records, const api::WidePage& query) {
  auto asked = page(call, query);
  if (!asked) return tl::unexpected(asked.error());
  const auto found = feedback::list_tokens(records, call.actor(), *asked);
  wire::List<api::Token> list;
  for (const auto& token : found.items)
    list.items.push_back(
        {token.id, token.name, std::string(name_of(token.scope)), token.created_at, token.expires_at});
  if (found.next) list.next_cursor = cursor_of(*call.route, *found.next);
  return list;
}

Result<Nothing> revoke_token(Call& call, loop::Records& records, const Nothing&) {
  auto revoked = feedback::revoke_token(records, call.actor(), call.id<feedback::TokenId>(0), call.clock());
  if (!revoked) return tl::unexpected(revoked.error());
  call.context.authentication.forget_person(call.actor().person);
  return Nothing{};
}

Result<api::Person> create_person(Call& call, const api::NewPerson& input) {
  if (auto right = feedback::require_administrator(call.actor(), feedback::Act::changes); !right)
    return tl::unexpected(right.error());
  auto prepared = feedback::prepare_person(
      {input.login, input.name, input.password, input.simulated, input.administrator}, call.clock());
  if (!prepared) return tl::unexpected(prepared.error());
  return loop::write(call.context.parts.storage,
                     [&](loop::Records& records) {
                       return feedback::create_person(records, call.actor(), *prepared, call.clock());
                     })
      .map([](const feedback::Person& person) { return to_api(person); });
}

Result<wire::List<api::Person>> list_people(Call& call, loop::Records& records, const api::Page& query) {
  auto asked = page(call, query);
  if (!asked) return tl::unexpected(asked.error());
  return feedback::list_people(records, call.actor(), *asked).map([&](const auto& people) {
    for (const auto& person : people.items) call.people_read.push_back(person.id);
    return paged_list(call, people);
  });
}

}  // namespace

std::vector<Route> session_routes() {
  const auto topic = "session";
  return {
      unbound({.method = "POST",
               .path = "/session",
               .operation = "signIn",
               .summary = "Signs in; the session comes as a cookie",
               .topic = topic,
               .access = Access::anyone(),
               .errors = {ErrorKind::unauthenticated, ErrorKind::rate_limited}},
              sign_in),
      read({.method = "GET",
            .path = "/session",
            .operation = "showSession",
            .summary = "Who is signed in",
            .topic = topic,
            .access = Access::signed_in()},
           show_session),
      write({.method = "DELETE",
             .path = "/session",
             .operation = "signOut",
             .summary = "Signs out",
             .topic = topic,
             .access = Access::signed_in()},
            sign_out),
      write({.method = "POST",
             .path = "/tokens",
             .operation = "createToken",
             .summary = "Makes an API token of one's own",
             .topic = topic,
             .access = Access::signed_in(),
             .answers_secret = true},
            create_token),
      read({.method = "GET",
            .path = "/tokens",
            .operation = "listTokens",
            .summary = "One's own API tokens",
            .topic = topic,
            .access = Access::signed_in()},
           list_tokens),
      write({.method = "DELETE",
             .path = "/tokens/{token}",
             .operation = "revokeToken",
             .summary = "Ends an API token",
             .topic = topic,
             .access = Access::signed_in(),
             .errors = {ErrorKind::not_found}},
            revoke_token),
      unbound({.method = "POST",
               .path = "/people",
               .operation = "createPerson",
               .summary = "Adds a person",
               .topic = topic,
               .access = Access::administrator(),
               .errors = {ErrorKind::conflict}},
              create_person),
      read({.method = "GET",
            .path = "/people",
            .operation = "listPeople",
            .summary = "Everybody",
            .topic = topic,
            .access = Access::administrator()},
           list_people),
  };
}

}  // namespace preceptor::server
