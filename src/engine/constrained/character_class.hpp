#pragma once

#include "engine/constrained/expression.hpp"
#include "engine/constrained/pattern_reader.hpp"

// The characters that a part of a regular expression stands for.
namespace preceptor::engine {

enum class EscapeIn { text, character_class };  // \b is a backspace within a class alone

// From a backslash on.
CodeSet read_escape(PatternReader& reader, EscapeIn place);
// From behind a [ to behind its ].
CodeSet read_character_class(PatternReader& reader);

}  // namespace preceptor::engine
