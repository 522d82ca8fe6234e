// What the ways in need from a database; the conventions of records.hpp hold.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "feedback/access_types.hpp"

namespace preceptor::feedback {

struct AccessRecords {
  virtual ~AccessRecords() = default;
  virtual std::vector<Session> sessions_of(PersonId) = 0;  // expired ones too, the oldest first
  virtual bool remove_session_of(PersonId, SessionId) = 0;
  virtual void remove_sessions_but(PersonId, SessionId kept) = 0;
  virtual void touch_session(SessionId, Timestamp last_seen_at) = 0;

  virtual InvitationId add_invitation(std::string_view token_hash, const Invitation&) = 0;
  virtual std::optional<Invitation> invitation(std::string_view token_hash) = 0;
  virtual std::vector<Invitation> invitations(ProjectId) = 0;  // in id order
  // One statement each: false when somebody has accepted it, or it was revoked.
  virtual bool take_invitation(InvitationId, PersonId, Timestamp) = 0;
  virtual bool revoke_invitation(ProjectId, InvitationId) = 0;

  virtual PasswordResetId add_password_reset(std::string_view token_hash, const PasswordReset&) = 0;
  virtual std::optional<PasswordReset> password_reset(std::string_view token_hash) = 0;
  virtual bool take_password_reset(PasswordResetId, Timestamp) = 0;  // false when it was used before
  virtual void expire_password_resets(PersonId, Timestamp) = 0;      // those that are not used yet

  virtual void put_second_factor(const SecondFactor&) = 0;  // adds or replaces
  virtual std::optional<SecondFactor> second_factor(PersonId) = 0;
  virtual void confirm_second_factor(PersonId) = 0;
  // One statement: false when a code of this step or a later one was used before.
  virtual bool use_step(PersonId, std::int64_t step) = 0;
  virtual void remove_second_factor(PersonId) = 0;  // with its recovery codes
  virtual void put_recovery_codes(PersonId,
                                  std::span<const std::string> hashes) = 0;  // instead of all before
  virtual bool use_recovery_code(PersonId, std::string_view hash) = 0;       // false: unknown or used
  virtual std::int64_t recovery_codes_left(PersonId) = 0;
};

}  // namespace preceptor::feedback
