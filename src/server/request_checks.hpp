// What a request must pass before its route runs.
#pragma once

#include "server/http/message.hpp"
#include "server/routes/route.hpp"

namespace preceptor::server {

// A browser says where a request comes from; another site's form or script is turned away even without a
// session.
Result<void> check_origin(const http::Request&);

// Into `input`, made by the route: the query of a GET, else the JSON body.
Result<void> read_input(const Route&, const http::Request&, void* input);

// What needs no look at the project. The rules ask again, and for a member's right in the project.
Result<void> check_access(const Route&, const feedback::Actor&);

}  // namespace preceptor::server
