#pragma once

// Filling templates and shaping sentences.

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/random.hpp"

namespace preceptor::demo {

struct Filling {
  std::string_view name;  // "e" fills {e}; "S" and "s" are two names
  std::string text;
};
// Replaces every {name} that has a filling; others stay.
std::string fill(std::string_view text, std::span<const Filling>);
std::string fill(std::string_view text, std::initializer_list<Filling>);

// The first letter in upper case.
std::string capitalised(std::string_view);
std::string lower_case(std::string_view);

template <class Range>
const auto& pick(const Range& range, Random& random) {
  return range[random.below(std::size(range))];
}

// The index of one weight, drawn in proportion to the weights (not negative, not all 0).
std::size_t draw(std::span<const double> weights, Random&);

}  // namespace preceptor::demo
