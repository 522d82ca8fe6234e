#pragma once
// Finds the row of the table for a request.
#include <string>
#include <string_view>
#include <vector>

#include "server/routes/route.hpp"
#include "server/wire/reader.hpp"

namespace preceptor::server {

inline constexpr std::string_view api_prefix = "/api/v1";

struct Match {
  const Route* route = nullptr;   // null: no route has this path, or none with this method
  std::vector<std::int64_t> ids;  // of the path, from left to right
  std::string allow;              // the methods that the path has, when it has others
};

// `path` is the whole path, with the prefix.
Match match(std::string_view method, std::string_view path);

// The items of a query string, decoded. Refuses a broken %-sequence, what is not UTF-8, and U+0000.
Result<wire::QueryItems> query_items(std::string_view query);

}  // namespace preceptor::server
