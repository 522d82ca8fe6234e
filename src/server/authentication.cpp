#include "server/authentication.hpp"

#include <optional>

#include "base/log.hpp"
#include "feedback/sessions.hpp"

namespace preceptor::server {

namespace {

constexpr std::size_t remembered_max = 50'000;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::string_view bearer_token(const http::Request& request) {
  const std::string_view header = request.header("authorization");
  constexpr std::string_view scheme = "bearer ";
  if (header.size() <= scheme.size()) return {};
  for (std::size_t i = 0; i < scheme.size(); ++i) {
    if ((header[i] | 0x20) != (scheme[i] | 0x20)) return {};
  }
  return trimmed(header.substr(scheme.size()));
}

// The same time for every wrong guess of the right length.
bool equal_secret(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < left.size(); ++i) difference |= static_cast<unsigned char>(left[i] ^ right[i]);
  return difference == 0;
}

// A bearer token and a session token must never be taken for one another.
std::string key_of(const http::Request& request) {
  if (const auto token = bearer_token(request); !token.empty()) return "b" + std::string(token);
  if (const auto token = session_token(request); !token.empty()) return "s" + std::string(token);
  return {};
}

bool changes_nothing(const http::Request& request) {
  return request.method == "GET" || request.method == "HEAD";
}

}  // namespace

std::string_view session_token(const http::Request& request) {
  std::string_view rest = request.header("cookie");
  while (!rest.empty()) {
    const auto end = std::min(rest.find(';'), rest.size());
    const std::string_view pair = trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == session_cookie)
      return pair.substr(equals + 1);
  }
  return {};
}

std::optional<feedback::Authenticated> Authentication::recall(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = remembered_.find(key);
  if (found == remembered_.end() || found->second.until <= parts_.clock.now()) return std::nullopt;
  return found->second.caller;
}

void Authentication::remember(const std::string& key, const feedback::Authenticated& caller) {
  const std::lock_guard lock(mutex_);
  const Timestamp now = parts_.clock.now();
  if (remembered_.size() >= remembered_max)
    std::erase_if(remembered_, [now](const auto& entry) { return entry.second.until <= now; });
  if (remembered_.size() >= remembered_max) remembered_.clear();
  remembered_[key] = {caller, now + memory_duration};
}

// Without waiting: nobody's answer depends on it.
void Authentication::mark_seen(feedback::SessionId session) {
  parts_.storage.post_write(
      [session, now = parts_.clock.now()](loop::Records& records) { records.touch_session(session, now); },
      [](std::exception_ptr failure) {
        if (failure) log_warning("a session could not be marked as seen");
      });
}

Result<feedback::Authenticated> Authentication::look_up(const http::Request& request) {
  const std::string key = key_of(request);
  if (key.empty())
    return refuse(ErrorKind::unauthenticated, "Nobody is signed in",
                  "Sign in, or send Authorization: Bearer TOKEN");
  if (auto known = recall(key)) return *std::move(known);
  const std::string token = key.substr(1);
  auto found = loop::read(parts_.storage, [&](loop::Records& records) {
    return key.front() == 'b' ? feedback::authenticate_token(records, token, parts_.clock)
                              : feedback::authenticate_session(records, token, parts_.clock);
  });
  if (found) remember(key, *found);
  if (found && found->session && parts_.clock.now() - found->last_seen_at >= feedback::seen_interval)
    mark_seen(found->session);
  return found;
}

Result<feedback::Authenticated> Authentication::caller_of(const http::Request& request) {
  auto caller = look_up(request);
  if (!caller || changes_nothing(request)) return caller;
  if (bearer_token(request).empty()) {
    if (!equal_secret(request.header("x-csrf-token"), caller->csrf_token))
      return refuse(ErrorKind::forbidden, "The header X-CSRF-Token is missing or wrong",
                    "Send the csrf_token that GET /api/v1/session answers");
  }
  return caller;
}

bool Authentication::remembers(const http::Request& request) {
  const std::string key = key_of(request);
  return key.empty() || recall(key).has_value();
}

void Authentication::forget(std::string_view token) {
  const std::lock_guard lock(mutex_);
  remembered_.erase("s" + std::string(token));
  remembered_.erase("b" + std::string(token));
}

void Authentication::forget_person(feedback::PersonId person) {
  const std::lock_guard lock(mutex_);
  std::erase_if(remembered_,
                [person](const auto& entry) { return entry.second.caller.actor.person == person; });
}

}  // namespace preceptor::server
