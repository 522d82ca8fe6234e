#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/constrained/expression.hpp"

// What JSON is made of.
namespace preceptor::engine {

// Rules that every grammar of JSON has: the text itself, any value, any object.
inline constexpr RuleId value_rule = 1;
inline constexpr RuleId object_rule = 2;

// With any object as the text.
std::vector<Piece> json_rules();

Piece space();  // nothing, a space, or a line break with some spaces: no text can go on with it for ever
Piece comma();  // with space after it

Piece string_piece(std::int32_t length_min, std::int32_t length_max);
Piece object_piece(Piece value);  // any names
Piece array_piece(Piece items);   // items: what stands between the brackets, at best

// The expression for a format of JSON Schema; none when it is not known.
std::optional<std::string> format_pattern(std::string_view format);

}  // namespace preceptor::engine
