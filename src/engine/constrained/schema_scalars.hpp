#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/constrained/expression.hpp"
#include "engine/constrained/schema_refusal.hpp"

// Schemas of values without parts: strings, numbers and counts.
namespace preceptor::engine {

// The count that stands under a word like minItems, cut to 20,000; refuses (too_large) a least count above.
std::optional<std::int64_t> count_of_schema(const SchemaJson& schema, const char* word,
                                            const std::string& where);

// By pattern, format, or lengths.
Piece string_of_schema(const SchemaJson& schema, const std::string& where);
// By their bounds.
Piece integer_of_schema(const SchemaJson& schema, const std::string& where);
Piece number_of_schema(const SchemaJson& schema, const std::string& where);

}  // namespace preceptor::engine
