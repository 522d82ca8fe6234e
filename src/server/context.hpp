#pragma once
// What lives as long as one server and is shared by its handlers.
#include "server/authentication.hpp"
#include "server/metrics.hpp"
#include "server/parts.hpp"
#include "server/project_events.hpp"
#include "server/sign_in_throttle.hpp"

namespace preceptor::server {

struct Context {
  explicit Context(Parts given)
      : parts(std::move(given)),
        authentication(parts),
        sign_in_throttle(parts.storage, parts.clock),
        project_events(parts) {}

  Parts parts;
  Authentication authentication;
  SignInThrottle sign_in_throttle;
  ProjectEvents project_events;
  Metrics metrics;
  bool secure_cookies = false;  // behind TLS
  bool log_requests = false;    // all of them, not the slow ones alone
  std::stop_source stopping;    // ends long answers when the server stops
};

}  // namespace preceptor::server
