#pragma once
// What a browser calls itself, in words that its owner knows again.
#include <string>
#include <string_view>

namespace preceptor::server {

// "Firefox on Linux" from a User-Agent header; its first word when it is no known browser ("curl/7.88.1");
// empty when there is none. At most 80 printable ASCII characters.
std::string device_of(std::string_view user_agent);

}  // namespace preceptor::server
