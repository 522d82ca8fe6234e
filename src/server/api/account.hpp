#pragma once
// What travels about one's own account, and through the links that let people in.
#include <optional>
#include <string>
#include <vector>

#include "server/api/session.hpp"

namespace preceptor::server::api {

struct Account {
  Person person;
  bool second_factor = false;
  std::int64_t recovery_codes_left = 0;
  static void describe(wire::Description<Account>&);
};

struct OpenSession {
  SessionId id;
  std::string device;
  Timestamp created_at, last_seen_at, expires_at;
  bool current = false;
  static void describe(wire::Description<OpenSession>&);
};

struct NewPassword {
  std::string current, fresh;
  static void describe(wire::Description<NewPassword>&);
};

struct Enrolment {
  std::string secret, address;
  static void describe(wire::Description<Enrolment>&);
};

struct Code {
  std::string code;
  static void describe(wire::Description<Code>&);
};

struct PasswordProof {
  std::string password;
  static void describe(wire::Description<PasswordProof>&);
};

struct RecoveryCodes {
  std::vector<std::string> codes;
  static void describe(wire::Description<RecoveryCodes>&);
};

struct NewInvitation {
  std::string role = "trainer", note;
  std::int64_t expires_days = 7;
  static void describe(wire::Description<NewInvitation>&);
};

struct CreatedInvitation {
  InvitationId id;
  std::string role, token;
  Timestamp expires_at;
  static void describe(wire::Description<CreatedInvitation>&);
};

struct Invitation {
  InvitationId id;
  std::string role, note, state;
  std::optional<PersonId> accepted_by;
  Timestamp created_at, expires_at;
  static void describe(wire::Description<Invitation>&);
};

struct LinkSecret {
  std::string token;
  static void describe(wire::Description<LinkSecret>&);
};

struct InvitationShown {
  std::string project_name, role;
  Timestamp expires_at;
  static void describe(wire::Description<InvitationShown>&);
};

struct AcceptInvitation {
  std::string token, login, name, password;
  static void describe(wire::Description<AcceptInvitation>&);
};

struct NewPasswordReset {
  bool drop_second_factor = false;
  static void describe(wire::Description<NewPasswordReset>&);
};

struct CreatedPasswordReset {
  std::string token;
  Timestamp expires_at;
  static void describe(wire::Description<CreatedPasswordReset>&);
};

struct PasswordResetShown {
  std::string login, name;
  static void describe(wire::Description<PasswordResetShown>&);
};

struct UsePasswordReset {
  std::string token, password;
  static void describe(wire::Description<UsePasswordReset>&);
};

}  // namespace preceptor::server::api
