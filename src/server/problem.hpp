#pragma once
// The one place where kinds of errors become HTTP.
#include <string>

#include "base/result.hpp"
#include "server/http/message.hpp"

namespace preceptor::server {

int status_of(ErrorKind kind);
std::string_view title_of(int status);

// application/problem+json (RFC 9457).
http::Response problem(const Error& error);

}  // namespace preceptor::server
