#pragma once

// What an answer claims: values and names, held against the registers.

#include <string>
#include <vector>

#include "demo/prompts.hpp"
#include "demo/truth/reading.hpp"
#include "demo/world.hpp"

namespace preceptor::demo {

struct Claims {
  bool right_value = false;          // the value asked for is stated
  bool wrong_value = false;          // another value of the attribute asked for is stated
  bool wrong_unit = false;           // the right number stands with another unit
  bool bare_number = false;          // a number stands without its unit
  bool states_value = false;         // any value at all, right or wrong
  bool wrong_name = false;           // another entity than the one asked about, or one that does not exist
  bool unsupported = false;          // a value or name that the registers do not hold
  std::size_t first_value_word = 0;  // where the first value stands, counted in words
  std::vector<std::string> findings;
};

// Values are read only from sentences that are no questions. With no attribute or entity in the prompt (kind
// missing) the values are checked against whatever entity the answer names.
Claims claims_of(const World&, const DemoPrompt&, const Reading&);

}  // namespace preceptor::demo
