#pragma once

#include <cstdint>
#include <optional>

#include "engine/constrained/expression.hpp"

namespace preceptor::engine {

// Numbers as JSON writes them, without leading zeros or a plus.

inline constexpr std::int64_t integer_max = 999'999'999'999'999'999;

// The integers of a range within ±integer_max; nothing matches when it is empty.
Piece integer_piece(std::int64_t least, std::int64_t most);

// Numbers of a range with whole ends; with an end absent there is none on that side. Those of a range have no
// exponent.
struct NumberRange {
  std::optional<std::int64_t> least, most;
  bool least_excluded = false, most_excluded = false;
};
Piece number_piece(const NumberRange& range);

}  // namespace preceptor::engine
