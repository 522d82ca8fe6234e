#include "feedback/second_factor.hpp"

#include <nlohmann/json.hpp>

#include "base/hash.hpp"
#include "base/one_time_code.hpp"
#include "base/random.hpp"
#include "feedback/events.hpp"

namespace preceptor::feedback {
namespace {

constexpr std::size_t secret_bytes = 20;         // as long as the hash: RFC 4226, section 4
constexpr std::size_t recovery_code_bytes = 10;  // 80 bits: nobody guesses one, so a plain hash keeps it

std::string tidied(std::string_view code) {
  std::string text;
  for (const char c : code) {
    if (c == ' ' || c == '-') continue;
    text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return text;
}

std::string lower_base32(std::span<const std::byte> bytes) { return tidied(base32(bytes)); }

std::vector<std::string> make_recovery_codes(Records& records, PersonId person) {
  std::vector<std::string> codes, hashes;
  for (int i = 0; i < recovery_codes_made; ++i) {
    std::string code = lower_base32(secure_random(recovery_code_bytes));
    hashes.push_back(sha256_hex(code));
    for (std::size_t at : {12U, 8U, 4U}) code.insert(at, 1, '-');
    codes.push_back(std::move(code));
  }
  records.put_recovery_codes(person, hashes);
  return codes;
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '_' || c == '-';
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    out += plain ? std::string(1, c) : std::string{'%', digits[byte >> 4], digits[byte & 15]};
  }
  return out;
}

tl::unexpected<Error> no_second_factor() {
  return refuse(ErrorKind::not_found, "sign-in asks you for no code", "Turn the second step on first.");
}

bool right_step(Records& records, const SecondFactor& factor, std::string_view code, const Clock& clock) {
  const auto secret = from_base32(factor.secret);
  if (!secret) throw Failure(ErrorKind::corrupt, "the secret of a second factor is no base32");
  const auto step = matching_step(*secret, code, clock.now().microseconds / 1'000'000, factor.last_step);
  return step && records.use_step(factor.person, *step);
}

void record_change(Records& records, std::string_view kind, PersonId person, const Clock& clock) {
  record_event(records, {.kind = kind, .actor = person, .subject = person.value},
               {{"person_id", person.value}}, clock.now());
}

}  // namespace

Result<Enrolment> begin_second_factor(Records& records, const Actor& actor, const Clock& clock) {
  if (auto session = require_session(actor); !session) return tl::unexpected(session.error());
  const auto person = records.person(actor.person);
  if (!person) return refuse(ErrorKind::not_found, "there is no such person");
  if (const auto known = records.second_factor(actor.person); known && known->confirmed)
    return refuse(ErrorKind::conflict, "sign-in asks you for a code already",
                  "Turn the second step off before you set up another authenticator.");
  SecondFactor fresh{
      .person = actor.person, .secret = base32(secure_random(secret_bytes)), .created_at = clock.now()};
  records.put_second_factor(fresh);
  return Enrolment{.secret = fresh.secret,
                   .address = "otpauth://totp/Preceptor:" + percent_encoded(person->login) +
                              "?secret=" + fresh.secret + "&issuer=Preceptor"};
}

Result<std::vector<std::string>> confirm_second_factor(Records& records, const Actor& actor,
                                                       std::string_view code, const Clock& clock) {
  if (auto session = require_session(actor); !session) return tl::unexpected(session.error());
  const auto factor = records.second_factor(actor.person);
  if (!factor) return no_second_factor();
  if (factor->confirmed) return refuse(ErrorKind::conflict, "this authenticator is confirmed already");
  if (!right_step(records, *factor, tidied(code), clock))
    return refuse(ErrorKind::invalid, "this is not the code that the authenticator shows now",
                  "Type the six digits it shows; check that the clock of the telephone is right.", "/code");
  records.confirm_second_factor(actor.person);
  record_change(records, event::second_factor_on, actor.person, clock);
  return make_recovery_codes(records, actor.person);
}

Result<std::vector<std::string>> renew_recovery_codes(Records& records, const Actor& actor,
                                                      const Clock& clock) {
  if (auto session = require_session(actor); !session) return tl::unexpected(session.error());
  if (!second_factor_state(records, actor.person).on) return no_second_factor();
  record_change(records, event::recovery_codes_renewed, actor.person, clock);
  return make_recovery_codes(records, actor.person);
}

Result<void> remove_second_factor(Records& records, const Actor& actor, const Clock& clock) {
  if (auto session = require_session(actor); !session) return session;
  if (!records.second_factor(actor.person)) return no_second_factor();
  records.remove_second_factor(actor.person);
  record_change(records, event::second_factor_off, actor.person, clock);
  return {};
}

SecondFactorState second_factor_state(Records& records, PersonId person) {
  const auto factor = records.second_factor(person);
  if (!factor || !factor->confirmed) return {};
  return {.on = true, .recovery_codes_left = records.recovery_codes_left(person)};
}

Result<void> use_code(Records& records, PersonId person, std::string_view code, const Clock& clock) {
  const auto factor = records.second_factor(person);
  if (!factor || !factor->confirmed) return {};
  const std::string typed = tidied(code);
  if (typed.empty())
    return refuse(ErrorKind::unauthenticated, "this account asks for a code as well",
                  "Type the code that your authenticator shows, or a recovery code.", "/code");
  if (right_step(records, *factor, typed, clock)) return {};
  if (typed.size() > 6 && records.use_recovery_code(person, sha256_hex(typed))) return {};
  return refuse(ErrorKind::unauthenticated, "the code is wrong or was used before",
                "Wait for the next code of your authenticator and type that one.", "/code");
}

}  // namespace preceptor::feedback
