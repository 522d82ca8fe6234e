#pragma once

// Is an answer clear, and is its tone right? Rules on its form alone, whatever it says.

#include <string>
#include <vector>

#include "demo/prompts.hpp"
#include "demo/truth/reading.hpp"

namespace preceptor::demo {

struct Manner {
  bool clear = true;
  bool polite = true;
  std::vector<std::string> findings;
};
Manner manner_of(const DemoPrompt&, std::string_view answer, const Reading&);

}  // namespace preceptor::demo
