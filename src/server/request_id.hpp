#pragma once
#include <string>
#include <string_view>

namespace preceptor::server {

// The id under which a request is logged and answered (X-Request-Id): the caller's own when it is a plain
// word of at most 64 letters, digits and ._-, else the one given.
std::string request_id(std::string_view sent, std::string given);

}  // namespace preceptor::server
