#pragma once
// The one place where kinds of errors become HTTP.
#include <string>

#include "base/result.hpp"
#include "server/http/message.hpp"

namespace preceptor::server {

int status_of(ErrorKind kind);
// Two conflicts have a status of their own: at "If-Match" 412, at "Idempotency-Key" 422.
int status_of(const Error& error);
std::string_view title_of(int status);

// application/problem+json (RFC 9457).
http::Response problem(const Error& error);
http::Response problem(const Error& error, int status);  // where it is HTTP itself that was not kept to

}  // namespace preceptor::server
