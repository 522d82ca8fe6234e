#pragma once
// Slows down guessing: failed sign-ins are counted per login and per address, in the database, so that all
// servers on it count together.
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "loop/storage.hpp"

namespace preceptor::server {

class SignInThrottle {
public:
  static constexpr int failures_max_login = 8;
  static constexpr int failures_max_address = 64;  // many people may share one
  static constexpr std::chrono::minutes window{15};

  SignInThrottle(loop::Storage& storage, const Clock& clock) : storage_(storage), clock_(clock) {}

  // Counts an attempt before its password is looked at, so that attempts in parallel gain nothing.
  // Refuses with rate_limited once either count is used up.
  Result<void> begin(std::string_view login, std::string_view address);
  // The attempt was right: it and the failures of this login are forgotten.
  void succeeded(std::string_view login, std::string_view address);

private:
  loop::Storage& storage_;
  const Clock& clock_;
};

}  // namespace preceptor::server
