#include "server/if_match.hpp"

#include "base/format.hpp"
#include "base/hash.hpp"

namespace preceptor::server {

std::string tag_of(std::string_view what, std::int64_t version) {
  return fmt::format("\"{}-{}\"", what, version);
}

std::string tag_of(std::string_view what, std::string_view content) {
  return fmt::format("\"{}-{}\"", what, sha256_hex(content).substr(0, 16));
}

bool has_if_match(const http::Request& request) { return !request.header("if-match").empty(); }

Result<void> check_if_match(const http::Request& request, std::string_view current_tag) {
  std::string_view rest = request.header("if-match");
  if (rest.empty()) return {};
  while (!rest.empty()) {
    auto end = std::min(rest.find(','), rest.size());
    std::string_view tag = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    while (!tag.empty() && tag.front() == ' ') tag.remove_prefix(1);
    while (!tag.empty() && tag.back() == ' ') tag.remove_suffix(1);
    if (tag == "*" || tag == current_tag) return {};
  }
  return refuse(ErrorKind::conflict, "Somebody has changed this since you opened it",
                "Reload, look at what changed, and send your change again", "If-Match");
}

}  // namespace preceptor::server
