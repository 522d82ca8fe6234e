#include "engine/constrained/number_pieces.hpp"

#include <algorithm>
#include <string>

namespace preceptor::engine {
namespace {

constexpr std::int32_t fraction_digits_max = 15;

Piece digits(std::int32_t least, std::int32_t most) { return repeat(byte_range('0', '9'), least, most); }

Piece digit(char first, char last) {
  return byte_range(static_cast<unsigned char>(first), static_cast<unsigned char>(last));
}

// Digit strings of one length from low to high.
Piece equally_long(const std::string& low, const std::string& high) {
  const auto rest_count = static_cast<std::int32_t>(low.size()) - 1;
  const std::string zeros(low.size() - 1, '0');
  const std::string nines(low.size() - 1, '9');
  if (rest_count == 0) return digit(low[0], high[0]);
  if (low.substr(1) == zeros && high.substr(1) == nines)
    return sequence({digit(low[0], high[0]), digits(rest_count, rest_count)});
  if (low[0] == high[0])
    return sequence({literal(low.substr(0, 1)), equally_long(low.substr(1), high.substr(1))});
  std::vector<Piece> parts = {sequence({literal(low.substr(0, 1)), equally_long(low.substr(1), nines)}),
                              sequence({literal(high.substr(0, 1)), equally_long(zeros, high.substr(1))})};
  if (low[0] + 1 < high[0])
    parts.push_back(sequence({digit(static_cast<char>(low[0] + 1), static_cast<char>(high[0] - 1)),
                              digits(rest_count, rest_count)}));
  return choice(std::move(parts));
}

// 0 <= least
Piece natural_piece(std::int64_t least, std::int64_t most) {
  std::vector<Piece> parts;
  while (least <= most) {
    const std::string low = std::to_string(least);
    const std::int64_t end = std::min<std::int64_t>(most, std::stoll(std::string(low.size(), '9')));
    parts.push_back(equally_long(low, std::to_string(end)));
    least = end + 1;
  }
  return choice(std::move(parts));
}

Piece fraction() { return sequence({literal("."), digits(1, fraction_digits_max)}); }
Piece zero_fraction() { return optional_piece(literal(".0")); }
Piece nonzero_fraction() {
  return sequence({literal("."), digits(0, fraction_digits_max - 1), byte_range('1', '9')});
}

struct Side {  // of numbers without their sign: 0 <= least
  std::int64_t least = 0, most = integer_max;
  bool least_excluded = false, most_excluded = false;
};

Piece magnitude_piece(const Side& side) {
  std::vector<Piece> parts;
  if (side.least > side.most) return choice({});
  const auto natural = [](std::int64_t value) { return literal(std::to_string(value)); };
  // The whole numbers strictly within, and the lower end, with any fraction.
  const std::int64_t first = side.least_excluded ? side.least + 1 : side.least;
  if (first <= side.most - 1)
    parts.push_back(sequence({natural_piece(first, side.most - 1), optional_piece(fraction())}));
  if (side.least_excluded && side.least < side.most)
    parts.push_back(sequence({natural(side.least), nonzero_fraction()}));
  if (!side.most_excluded && (side.most > side.least || !side.least_excluded))
    parts.push_back(sequence({natural(side.most), zero_fraction()}));
  return choice(std::move(parts));
}

}  // namespace

Piece integer_piece(std::int64_t least, std::int64_t most) {
  least = std::max(least, -integer_max);
  most = std::min(most, integer_max);
  std::vector<Piece> parts;
  if (most >= 0) parts.push_back(natural_piece(std::max<std::int64_t>(least, 0), most));
  if (least < 0)
    parts.push_back(sequence(
        {literal("-"), natural_piece(std::max<std::int64_t>(-std::min<std::int64_t>(most, 0), 1), -least)}));
  return choice(std::move(parts));
}

Piece number_piece(const NumberRange& range) {
  if (!range.least && !range.most) {
    const Piece exponent = sequence({one_of(ByteSet().set('e').set('E')),
                                     optional_piece(one_of(ByteSet().set('+').set('-'))), digits(1, 2)});
    return sequence({optional_piece(literal("-")), natural_piece(0, integer_max), optional_piece(fraction()),
                     optional_piece(exponent)});
  }
  const std::int64_t least = std::max(range.least.value_or(-integer_max), -integer_max);
  const std::int64_t most = std::min(range.most.value_or(integer_max), integer_max);
  std::vector<Piece> parts;
  if (most >= 0)
    parts.push_back(magnitude_piece({.least = std::max<std::int64_t>(least, 0),
                                     .most = most,
                                     .least_excluded = range.least_excluded && least >= 0,
                                     .most_excluded = range.most_excluded}));
  if (least < 0)
    parts.push_back(
        sequence({literal("-"), magnitude_piece({.least = std::max<std::int64_t>(-most, 0),
                                                 .most = -least,
                                                 .least_excluded = range.most_excluded && most <= 0,
                                                 .most_excluded = range.least_excluded})}));
  return choice(std::move(parts));
}

}  // namespace preceptor::engine
