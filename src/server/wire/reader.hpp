#pragma once
// From JSON and query strings to described structs.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "server/wire/type.hpp"

namespace preceptor::server::wire {

// Fills `into`, a value of the described type. Refuses (invalid; `where` is a JSON pointer) bad syntax, bad
// UTF-8, nesting deeper than 32, unknown and missing fields, wrong types, and values outside their bounds.
Result<void> read_json(std::string_view text, const Type& type, void* into);

using QueryItems = std::vector<std::pair<std::string, std::string>>;

// The same for the decoded items of a query string; fields are strings, numbers, booleans and their
// optionals.
Result<void> read_query(const QueryItems& items, const Type& type, void* into);

}  // namespace preceptor::server::wire
