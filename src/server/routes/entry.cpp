// Links that let people in: invitations to a project, and a new password by an administrator's hand.
#include "base/password.hpp"
#include "feedback/invitations.hpp"
#include "feedback/passwords.hpp"
#include "server/api/account.hpp"
#include "server/device.hpp"
#include "server/routes/sign_in.hpp"
#include "server/routes/table.hpp"

namespace preceptor::server {

namespace {

using feedback::ProjectId;
using feedback::Right;
using wire::List;
using wire::Nothing;

std::string_view state_of(const feedback::Invitation& invitation, const Clock& clock) {
  if (invitation.accepted_at.microseconds != 0) return "accepted";
  if (invitation.revoked) return "revoked";
  return invitation.expires_at <= clock.now() ? "expired" : "open";
}

Result<api::CreatedInvitation> invite(Call& call, loop::Records& records, const api::NewInvitation& input) {
  return feedback::invite(records, call.actor(), call.id<ProjectId>(0),
                          {word<feedback::Role>(input.role), input.note, input.expires_days}, call.clock())
      .map([&](const feedback::IssuedInvitation& issued) {
        return api::CreatedInvitation{issued.invitation.id, input.role, issued.token,
                                      issued.invitation.expires_at};
      });
}

Result<List<api::Invitation>> list_invitations(Call& call, loop::Records& records,
                                               const api::WidePage& query) {
  auto asked = page(call, query);
  if (!asked) return tl::unexpected(asked.error());
  const auto found = feedback::list_invitations(records, call.actor(), call.id<ProjectId>(0), *asked);
  if (!found) return tl::unexpected(found.error());
  List<api::Invitation> list;
  for (const auto& invitation : found->items)
    list.items.push_back({invitation.id, std::string(name_of(invitation.role)), invitation.note,
                          std::string(state_of(invitation, call.clock())),
                          unless_none(invitation.accepted_by), invitation.created_at, invitation.expires_at});
  if (found->next) list.next_cursor = cursor_of(*call.route, *found->next);
  return list;
}

Result<Nothing> revoke_invitation(Call& call, loop::Records& records, const Nothing&) {
  auto revoked = feedback::revoke_invitation(records, call.actor(), call.id<ProjectId>(0),
                                             call.id<feedback::InvitationId>(1), call.clock());
  if (!revoked) return tl::unexpected(revoked.error());
  return Nothing{};
}

Result<api::InvitationShown> look_at_invitation(Call& call, const api::LinkSecret& input) {
  const auto found = loop::read(call.context.parts.storage, [&](loop::Records& records) {
    return feedback::look_at_invitation(records, input.token, call.clock());
  });
  if (!found) return tl::unexpected(found.error());
  return api::InvitationShown{found->project_name, std::string(name_of(found->invitation.role)),
                              found->invitation.expires_at};
}

Result<api::Session> accept_invitation(Call& call, const api::AcceptInvitation& input) {
  auto& storage = call.context.parts.storage;
  const Clock& clock = call.clock();
  // Before anything slow is done for a stranger.
  const auto known = loop::read(storage, [&](loop::Records& records) {
    return feedback::look_at_invitation(records, input.token, clock);
  });
  if (!known) return tl::unexpected(known.error());
  const auto prepared =
      feedback::prepare_person({.login = input.login, .name = input.name, .password = input.password}, clock);
  if (!prepared) return tl::unexpected(prepared.error());
  const auto device = device_of(call.request.header("user-agent"));
  auto signed_in = loop::write(storage, [&](loop::Records& records) -> Result<feedback::SignedIn> {
    const auto person = feedback::accept_invitation(records, input.token, *prepared, clock);
    if (!person) return tl::unexpected(person.error());
    return feedback::open_session(records, *person, clock, device);
  });
  if (!signed_in) return tl::unexpected(signed_in.error());
  return begin_session(call, *signed_in);
}

Result<api::Membership> join_project(Call& call, loop::Records& records, const api::LinkSecret& input) {
  const auto joined = feedback::join_with_invitation(records, call.actor(), input.token, call.clock());
  if (!joined) return tl::unexpected(joined.error());
  const auto project = records.project(joined->project);
  return api::Membership{joined->project, project ? project->name : "", std::string(name_of(joined->role))};
}

Result<api::CreatedPasswordReset> issue_password_reset(Call& call, loop::Records& records,
                                                       const api::NewPasswordReset& input) {
  return feedback::issue_password_reset(records, call.actor(), call.id<feedback::PersonId>(0),
                                        input.drop_second_factor, call.clock())
      .map([](const feedback::ResetLink& link) {
        return api::CreatedPasswordReset{link.token, link.expires_at};
      });
}

Result<api::PasswordResetShown> look_at_password_reset(Call& call, const api::LinkSecret& input) {
  const auto person = loop::read(call.context.parts.storage, [&](loop::Records& records) {
    return feedback::look_at_password_reset(records, input.token, call.clock());
  });
  if (!person) return tl::unexpected(person.error());
  return api::PasswordResetShown{person->login, person->name};
}

Result<Nothing> use_password_reset(Call& call, const api::UsePasswordReset& input) {
  auto& storage = call.context.parts.storage;
  const auto known = loop::read(storage, [&](loop::Records& records) {
    return feedback::look_at_password_reset(records, input.token, call.clock());
  });
  if (!known) return tl::unexpected(known.error());
  if (auto checked = feedback::check_password(input.password, "/password"); !checked)
    return tl::unexpected(checked.error());
  const auto hash = hash_password(input.password);
  const auto person = loop::write(storage, [&](loop::Records& records) {
    return feedback::use_password_reset(records, input.token, hash, call.clock());
  });
  if (!person) return tl::unexpected(person.error());
  call.context.authentication.forget_person(person->id);
  return Nothing{};
}

std::vector<Route> password_reset_routes() {
  const auto topic = "entry";
  return {
      write({.method = "POST",
             .path = "/people/{person}/password-reset",
             .operation = "issuePasswordReset",
             .summary = "A link with which the person chooses a new password; earlier ones stop working",
             .topic = topic,
             .access = Access::administrator_session(),
             .errors = {ErrorKind::not_found},
             .answers_secret = true},
            issue_password_reset),
      unbound({.method = "POST",
               .path = "/password-resets/look",
               .operation = "lookAtPasswordReset",
               .summary = "Whose password a link changes",
               .topic = topic,
               .access = Access::anyone(),
               .errors = {ErrorKind::not_found, ErrorKind::gone}},
              look_at_password_reset),
      unbound({.method = "POST",
               .path = "/password-resets/use",
               .operation = "usePasswordReset",
               .summary = "Sets the password of the link's person and ends all their sessions",
               .topic = topic,
               .access = Access::anyone(),
               .errors = {ErrorKind::not_found, ErrorKind::gone}},
              use_password_reset),
  };
}

}  // namespace

std::vector<Route> entry_routes() {
  const auto topic = "entry";
  std::vector<Route> routes = {
      write({.method = "POST",
             .path = "/projects/{project}/invitations",
             .operation = "invite",
             .summary = "A link that lets one person into the project",
             .topic = topic,
             .access = Access::member(Right::manage_members),
             .answers_secret = true},
            invite),
      read({.method = "GET",
            .path = "/projects/{project}/invitations",
            .operation = "listInvitations",
            .summary = "The project's invitations, without their links",
            .topic = topic,
            .access = Access::member(Right::see_invitations)},
           list_invitations),
      write({.method = "DELETE",
             .path = "/projects/{project}/invitations/{invitation}",
             .operation = "revokeInvitation",
             .summary = "Takes an open invitation back",
             .topic = topic,
             .access = Access::member(Right::manage_members)},
            revoke_invitation),
      unbound({.method = "POST",
               .path = "/invitations/look",
               .operation = "lookAtInvitation",
               .summary = "What an invitation is for",
               .topic = topic,
               .access = Access::anyone(),
               .errors = {ErrorKind::not_found, ErrorKind::gone}},
              look_at_invitation),
      unbound({.method = "POST",
               .path = "/invitations/accept",
               .operation = "acceptInvitation",
               .summary = "Makes an account with an invitation, and signs in",
               .topic = topic,
               .access = Access::anyone(),
               .errors = {ErrorKind::not_found, ErrorKind::gone, ErrorKind::conflict}},
              accept_invitation),
      write({.method = "POST",
             .path = "/invitations/join",
             .operation = "joinProject",
             .summary = "Enters the project of an invitation with the account one has",
             .topic = topic,
             .access = Access::signed_in(),
             .errors = {ErrorKind::not_found, ErrorKind::gone, ErrorKind::conflict}},
            join_project),
  };
  for (auto& route : password_reset_routes()) routes.push_back(std::move(route));
  return routes;
}

}  // namespace preceptor::server
