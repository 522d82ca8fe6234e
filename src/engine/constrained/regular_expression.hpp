#pragma once

#include <string_view>

#include "base/result.hpp"
#include "engine/constrained/expression.hpp"

namespace preceptor::engine {

// How characters stand in the text: as they are, or as in a JSON string.
enum class Characters { plain, json };
// whole: the expression is the whole text. search: it stands somewhere in it, as JSON Schema has it.
enum class Match { whole, search };

// Characters, ., [classes], \d \w \s and their opposites, \n \t … \xHH \uHHHH \u{H…}, groups, |, * + ? {m,n}
// (a ? after them changes nothing), ^ and $ at the ends. Refuses, by name and place, what needs more than a
// finite automaton (backreferences, look-around) or is not known, and expressions beyond 8,192 bytes or 200
// nested groups.
Result<Piece> parse_regular_expression(std::string_view pattern, Characters characters, Match match);

}  // namespace preceptor::engine
