#pragma once
// Two editors at once: the tag of what was read comes back with the change (RFC 9110, If-Match), and a change
// to what has moved on since is refused.
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "server/http/message.hpp"

namespace preceptor::server {

// "guideline-7" in quotes: what the header ETag carries.
std::string tag_of(std::string_view what, std::int64_t version);
// The same for what has no version: a hash of what it says now.
std::string tag_of(std::string_view what, std::string_view content);

// True when the request names a tag at all; without one nothing is compared.
bool has_if_match(const http::Request&);
// Refuses (412) unless the request names this tag, or "*". A list of tags may hold it anywhere. Weak tags
// never match.
Result<void> check_if_match(const http::Request&, std::string_view current_tag);

}  // namespace preceptor::server
