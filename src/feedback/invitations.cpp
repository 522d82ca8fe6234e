#include "feedback/invitations.hpp"

#include <nlohmann/json.hpp>

#include "base/hash.hpp"
#include "base/password.hpp"
#include "feedback/events.hpp"
#include "feedback/page_of.hpp"
#include "feedback/text_rules.hpp"

namespace preceptor::feedback {
namespace {

constexpr std::size_t note_bytes_max = 200;
constexpr std::int64_t days_max = 60;

tl::unexpected<Error> taken() {
  return refuse(ErrorKind::gone, "this invitation was accepted or taken back",
                "Ask whoever sent it for a new one.");
}

Result<Invitation> open_invitation(Records& records, std::string_view token, const Clock& clock) {
  auto invitation = records.invitation(sha256_hex(token));
  if (!invitation)
    return refuse(ErrorKind::not_found, "there is no such invitation",
                  "Copy the whole link, or ask for a new one.");
  if (invitation->revoked || invitation->accepted_at.microseconds != 0) return taken();
  if (invitation->expires_at <= clock.now())
    return refuse(ErrorKind::gone, "this invitation has run out", "Ask whoever sent it for a new one.");
  return *std::move(invitation);
}

// The member's role is an event of its own: what `verify` replays.
Result<Membership> settle(Records& records, const Invitation& invitation, PersonId person,
                          const Clock& clock) {
  const Timestamp now = clock.now();
  if (!records.take_invitation(invitation.id, person, now)) return taken();
  records.put_role(invitation.project, person, invitation.role);
  record_event(records, {event::invitation_accepted, invitation.project, person, invitation.id.value},
               {{"invitation_id", invitation.id.value}, {"person_id", person.value}}, now);
  record_event(records, {event::member_role_set, invitation.project, invitation.author, person.value},
               {{"person_id", person.value}, {"role", name_of(invitation.role)}}, now);
  return *records.membership(invitation.project, person);
}

}  // namespace

Result<IssuedInvitation> invite(Records& records, const Actor& actor, ProjectId project,
                                const NewInvitation& fresh, const Clock& clock) {
  const auto permitted = require(records, actor, project, Right::manage_members);
  if (!permitted) return tl::unexpected(permitted.error());
  if (auto checked = check_text(fresh.note, note_bytes_max, Blank::allowed, "/note"); !checked)
    return tl::unexpected(checked.error());
  if (fresh.expires_days < 1 || fresh.expires_days > days_max)
    return refuse(ErrorKind::invalid, "an invitation lives between 1 and 60 days", "Choose a number of days.",
                  "/expires_days");
  const Timestamp now = clock.now();
  IssuedInvitation issued{.invitation = {.project = project,
                                         .role = fresh.role,
                                         .note = fresh.note,
                                         .author = actor.person,
                                         .created_at = now,
                                         .expires_at = now + std::chrono::hours(24 * fresh.expires_days)},
                          .token = random_token()};
  issued.invitation.id = records.add_invitation(sha256_hex(issued.token), issued.invitation);
  record_event(records, {event::invitation_created, project, actor.person, issued.invitation.id.value},
               {{"invitation_id", issued.invitation.id.value}, {"role", name_of(fresh.role)}}, now);
  return issued;
}

Result<Listing<Invitation>> list_invitations(Records& records, const Actor& actor, ProjectId project,
                                             Page page) {
  const auto permitted = require(records, actor, project, Right::see_invitations);
  if (!permitted) return tl::unexpected(permitted.error());
  return page_of(records.invitations(project), page,
                 [](const Invitation& invitation) { return invitation.id.value; });
}

Result<void> revoke_invitation(Records& records, const Actor& actor, ProjectId project,
                               InvitationId invitation, const Clock& clock) {
  const auto permitted = require(records, actor, project, Right::manage_members);
  if (!permitted) return tl::unexpected(permitted.error());
  if (!records.revoke_invitation(project, invitation))
    return refuse(ErrorKind::not_found, "there is no open invitation " + std::to_string(invitation.value),
                  "Reload the list.");
  record_event(records, {event::invitation_revoked, project, actor.person, invitation.value},
               {{"invitation_id", invitation.value}}, clock.now());
  return {};
}

Result<InvitationView> look_at_invitation(Records& records, std::string_view token, const Clock& clock) {
  auto invitation = open_invitation(records, token, clock);
  if (!invitation) return tl::unexpected(invitation.error());
  const auto project = records.project(invitation->project);
  return InvitationView{*std::move(invitation), project ? project->name : ""};
}

Result<Person> accept_invitation(Records& records, std::string_view token, const PreparedPerson& prepared,
                                 const Clock& clock) {
  const auto invitation = open_invitation(records, token, clock);
  if (!invitation) return tl::unexpected(invitation.error());
  auto person = create_person_locally(records, prepared, clock);
  if (!person) return person;
  const auto membership = settle(records, *invitation, person->id, clock);
  if (!membership) return tl::unexpected(membership.error());
  return person;
}

Result<Membership> join_with_invitation(Records& records, const Actor& actor, std::string_view token,
                                        const Clock& clock) {
  if (auto scope = require_scope(actor, Act::changes); !scope) return tl::unexpected(scope.error());
  const auto invitation = open_invitation(records, token, clock);
  if (!invitation) return tl::unexpected(invitation.error());
  if (records.membership(invitation->project, actor.person))
    return refuse(ErrorKind::conflict, "you are a member of this project already",
                  "Pass the invitation on to whom it is for.");
  return settle(records, *invitation, actor.person, clock);
}

}  // namespace preceptor::feedback
