#include "server/sign_in_throttle.hpp"

#include <string>

#include "base/format.hpp"
#include "base/hash.hpp"

namespace preceptor::server {

namespace {

std::string login_subject(std::string_view login) {
  std::string key = "login ";
  for (const char c : login) key += (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : c;
  return sha256_hex(key);
}

std::string address_subject(std::string_view address) {
  return sha256_hex("address " + std::string(address));
}

}  // namespace

Result<void> SignInThrottle::begin(std::string_view login, std::string_view address) {
  return loop::write(storage_, [&](loop::Records& records) -> Result<void> {
    const Timestamp now = clock_.now();
    records.forget_sign_ins_before(now - window);
    // In one order for everybody, so that two attempts never wait for each other.
    for (const auto& [subject, limit] : {std::pair{address_subject(address), failures_max_address},
                                         std::pair{login_subject(login), failures_max_login}}) {
      const auto count = records.count_sign_in(subject, now, now - window);
      if (count.attempts <= limit) continue;
      const auto wait = std::chrono::ceil<std::chrono::seconds>(window - (now - count.since));
      return refuse(ErrorKind::rate_limited, "Too many sign-ins have failed",
                    fmt::format("Wait {} seconds, then try again", std::max<std::int64_t>(1, wait.count())));
    }
    return {};
  });
}

void SignInThrottle::succeeded(std::string_view login, std::string_view address) {
  storage_.write([&](loop::Records& records) {
    records.take_sign_in_back(address_subject(address));
    records.forget_sign_ins(login_subject(login));
  });
}

}  // namespace preceptor::server
