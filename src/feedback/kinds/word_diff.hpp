// What became of a text, word by word.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace preceptor::feedback {

struct DiffPart {
  char sign = '=';  // '=' stays, '-' taken out, '+' put in
  std::string text;
};
// The parts in order, neighbours of the same sign joined: those with = and - spell `before`, those with = and
// + spell `after`. A word and the white space between words are the units; the longest common sequence stays.
// Where the texts differ over more than diff_cells_max pairs of units, that stretch is replaced as a whole.
std::vector<DiffPart> word_diff(std::string_view before, std::string_view after);

constexpr std::size_t diff_cells_max = 4'000'000;

}  // namespace preceptor::feedback
