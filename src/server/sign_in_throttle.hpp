#pragma once
// Slows down guessing: failed sign-ins are counted per login and per address, in memory.
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.hpp"
#include "base/time.hpp"

namespace preceptor::server {

class SignInThrottle {
public:
  static constexpr int failures_max_login = 8;
  static constexpr int failures_max_address = 64;  // many people may share one
  static constexpr std::chrono::minutes window{15};

  explicit SignInThrottle(const Clock& clock) : clock_(clock) {}

  // Counts an attempt before its password is looked at, so that attempts in parallel gain nothing.
  // Refuses with rate_limited once either count is used up.
  Result<void> begin(std::string_view login, std::string_view address);
  // The attempt was right: it and the failures of this login are forgotten.
  void succeeded(std::string_view login, std::string_view address);

private:
  struct Count {
    int attempts = 0;
    Timestamp since;
  };
  Count& count_of(const std::string& key, Timestamp now);

  const Clock& clock_;
  std::mutex mutex_;
  std::unordered_map<std::string, Count> counts_;
};

}  // namespace preceptor::server
