#include "server/sign_in_throttle.hpp"

#include "base/format.hpp"

namespace preceptor::server {

namespace {

constexpr std::size_t counts_max = 100'000;

std::string login_key(std::string_view login) {
  std::string key = "login ";
  for (const char c : login) key += (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : c;
  return key;
}

std::string address_key(std::string_view address) { return "address " + std::string(address); }

}  // namespace

SignInThrottle::Count& SignInThrottle::count_of(const std::string& key, Timestamp now) {
  if (counts_.size() >= counts_max)
    std::erase_if(counts_, [now](const auto& entry) { return now - entry.second.since > window; });
  // Still full of fresh counts: somebody walks through logins. Starting over is better than growing for ever;
  // the count of the address comes back within its next 64 attempts.
  if (counts_.size() >= counts_max) counts_.clear();
  Count& count = counts_[key];
  if (count.attempts == 0 || now - count.since > window) count = {0, now};
  return count;
}

Result<void> SignInThrottle::begin(std::string_view login, std::string_view address) {
  const std::lock_guard lock(mutex_);
  const Timestamp now = clock_.now();
  for (const auto& [key, limit] : {std::pair{login_key(login), failures_max_login},
                                   std::pair{address_key(address), failures_max_address}}) {
    const Count& count = count_of(key, now);
    if (count.attempts < limit) continue;
    const auto wait = std::chrono::ceil<std::chrono::seconds>(window - (now - count.since));
    return refuse(ErrorKind::rate_limited, "Too many sign-ins have failed",
                  fmt::format("Wait {} seconds, then try again", std::max<std::int64_t>(1, wait.count())));
  }
  ++count_of(login_key(login), now).attempts;
  ++count_of(address_key(address), now).attempts;
  return {};
}

void SignInThrottle::succeeded(std::string_view login, std::string_view address) {
  const std::lock_guard lock(mutex_);
  counts_.erase(login_key(login));
  const auto found = counts_.find(address_key(address));
  if (found != counts_.end() && found->second.attempts > 0) --found->second.attempts;
}

}  // namespace preceptor::server
