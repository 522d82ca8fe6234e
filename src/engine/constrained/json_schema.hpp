#pragma once

#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engine/constrained/expression.hpp"

namespace preceptor::engine {

// The rules of a grammar of which every text is JSON that fulfils the schema. Objects have their properties
// in the schema's order and no others; objects without named properties take any, or those that
// additionalProperties allows. Integers have 18 digits at most.
//
// Known: type, enum, const, properties, required, additionalProperties, items, prefixItems, minItems,
// maxItems, minLength, maxLength, pattern, format (date, time, date-time, uuid, ipv4), minimum, maximum,
// exclusiveMinimum, exclusiveMaximum (whole numbers), anyOf, oneOf (of branches that cannot both hold), allOf
// of one, $ref within the schema, $defs; notes like title and description. Anything else is refused with
// unsupported, by its name; `where` is its place. What is beyond schema_limits.hpp is refused with too_large.
Result<std::vector<Piece>> json_schema_rules(std::string_view schema_json);

// The rules of any JSON object.
std::vector<Piece> json_object_rules();

}  // namespace preceptor::engine
