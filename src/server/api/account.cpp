#include "server/api/account.hpp"

namespace preceptor::server::api {

namespace {

const wire::Bounds login_bounds{.length_min = 2, .length_max = 64};
const wire::Bounds name_bounds{.length_min = 1, .length_max = 200};
const wire::Bounds password_bounds{.length_min = 10, .length_max = 1024};
const wire::Bounds secret_bounds{
    .length_min = 1, .length_max = 200, .about = "What the link carries behind its #."};
const wire::Bounds shown_once{.about = "Shown this once; only its hash is stored."};
const Words invitation_state_choices = {"open", "accepted", "revoked", "expired"};

}  // namespace

void Account::describe(wire::Description<Account>& is) {
  is.named("Account");
  is.field("person", &Account::person);
  is.field("second_factor", &Account::second_factor, {.about = "Whether sign-in asks for a code."});
  is.field("recovery_codes_left", &Account::recovery_codes_left);
}

void OpenSession::describe(wire::Description<OpenSession>& is) {
  is.named("OpenSession");
  is.field("id", &OpenSession::id);
  is.field("device", &OpenSession::device);
  is.field("created_at", &OpenSession::created_at);
  is.field("last_seen_at", &OpenSession::last_seen_at, {.about = "To within some minutes."});
  is.field("expires_at", &OpenSession::expires_at);
  is.field("current", &OpenSession::current, {.about = "The session that asks."});
}

void NewPassword::describe(wire::Description<NewPassword>& is) {
  is.named("NewPassword");
  is.field("current", &NewPassword::current, {.length_min = 1, .length_max = 1024});
  is.field("fresh", &NewPassword::fresh, password_bounds);
}

void Enrolment::describe(wire::Description<Enrolment>& is) {
  is.named("Enrolment");
  is.field("secret", &Enrolment::secret);
  is.field("address", &Enrolment::address, {.about = "otpauth://totp/…, for the authenticator."});
}

void Code::describe(wire::Description<Code>& is) {
  is.named("Code");
  is.field("code", &Code::code, {.length_min = 1, .length_max = 64});
}

void PasswordProof::describe(wire::Description<PasswordProof>& is) {
  is.named("PasswordProof");
  is.field("password", &PasswordProof::password, {.length_min = 1, .length_max = 1024});
}

void RecoveryCodes::describe(wire::Description<RecoveryCodes>& is) {
  is.named("RecoveryCodes");
  is.field("codes", &RecoveryCodes::codes, {.about = "Shown this once; each works once."});
}

void NewInvitation::describe(wire::Description<NewInvitation>& is) {
  is.named("NewInvitation");
  is.optional("role", &NewInvitation::role, {.choices = role_choices});
  is.optional("note", &NewInvitation::note, {.length_max = 200, .about = "For whom it is."});
  is.optional("expires_days", &NewInvitation::expires_days, {.minimum = 1, .maximum = 60});
}

void CreatedInvitation::describe(wire::Description<CreatedInvitation>& is) {
  is.named("CreatedInvitation");
  is.field("id", &CreatedInvitation::id);
  is.field("role", &CreatedInvitation::role, {.choices = role_choices});
  is.field("token", &CreatedInvitation::token, shown_once);
  is.field("expires_at", &CreatedInvitation::expires_at);
}

void Invitation::describe(wire::Description<Invitation>& is) {
  is.named("Invitation");
  is.field("id", &Invitation::id);
  is.field("role", &Invitation::role, {.choices = role_choices});
  is.field("note", &Invitation::note);
  is.field("state", &Invitation::state, {.choices = invitation_state_choices});
  is.field("accepted_by", &Invitation::accepted_by);
  is.field("created_at", &Invitation::created_at);
  is.field("expires_at", &Invitation::expires_at);
}

void LinkSecret::describe(wire::Description<LinkSecret>& is) {
  is.named("LinkSecret");
  is.field("token", &LinkSecret::token, secret_bounds);
}

void InvitationShown::describe(wire::Description<InvitationShown>& is) {
  is.named("InvitationShown");
  is.field("project_name", &InvitationShown::project_name);
  is.field("role", &InvitationShown::role, {.choices = role_choices});
  is.field("expires_at", &InvitationShown::expires_at);
}

void AcceptInvitation::describe(wire::Description<AcceptInvitation>& is) {
  is.named("AcceptInvitation");
  is.field("token", &AcceptInvitation::token, secret_bounds);
  is.field("login", &AcceptInvitation::login, login_bounds);
  is.field("name", &AcceptInvitation::name, name_bounds);
  is.field("password", &AcceptInvitation::password, password_bounds);
}

void NewPasswordReset::describe(wire::Description<NewPasswordReset>& is) {
  is.named("NewPasswordReset");
  is.optional("drop_second_factor", &NewPasswordReset::drop_second_factor,
              {.about = "For somebody who has lost the authenticator as well."});
}

void CreatedPasswordReset::describe(wire::Description<CreatedPasswordReset>& is) {
  is.named("CreatedPasswordReset");
  is.field("token", &CreatedPasswordReset::token, shown_once);
  is.field("expires_at", &CreatedPasswordReset::expires_at);
}

void PasswordResetShown::describe(wire::Description<PasswordResetShown>& is) {
  is.named("PasswordResetShown");
  is.field("login", &PasswordResetShown::login);
  is.field("name", &PasswordResetShown::name);
}

void UsePasswordReset::describe(wire::Description<UsePasswordReset>& is) {
  is.named("UsePasswordReset");
  is.field("token", &UsePasswordReset::token, secret_bounds);
  is.field("password", &UsePasswordReset::password, password_bounds);
}

}  // namespace preceptor::server::api
