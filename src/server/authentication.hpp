#pragma once
// Who is calling: the session cookie or the bearer token, and the CSRF header that must come with a cookie.
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "feedback/accounts.hpp"
#include "server/http/message.hpp"
#include "server/parts.hpp"

namespace preceptor::server {

inline constexpr std::string_view session_cookie = "preceptor_session";

// The session token of the cookie header; empty when there is none.
std::string_view session_token(const http::Request& request);

class Authentication {
public:
  // How long an answer of the database is believed; a session closed by another process lives on for so long.
  static constexpr std::chrono::seconds memory_duration{10};

  explicit Authentication(const Parts& parts) : parts_(parts) {}

  // Refuses with unauthenticated when nobody is signed in, with forbidden when the CSRF header is missing or
  // wrong on anything but GET.
  Result<feedback::Authenticated> caller_of(const http::Request& request);

  // Whether caller_of would answer without asking the database.
  bool remembers(const http::Request& request);

  // After a session was closed or a token revoked.
  void forget(std::string_view token);
  void forget_person(feedback::PersonId person);

private:
  struct Remembered {
    feedback::Authenticated caller;
    Timestamp until;
  };
  std::optional<feedback::Authenticated> recall(const std::string& key);
  void remember(const std::string& key, const feedback::Authenticated& caller);
  void mark_seen(feedback::SessionId session);
  Result<feedback::Authenticated> look_up(const http::Request& request);

  const Parts& parts_;
  std::mutex mutex_;
  std::unordered_map<std::string, Remembered> remembered_;
};

}  // namespace preceptor::server
