#pragma once

// How an answer behaves: does it refuse, help with harm, ask back, refer to somebody, or claim not to know?

#include "demo/prompts.hpp"
#include "demo/truth/reading.hpp"
#include "demo/world.hpp"

namespace preceptor::demo {

struct Conduct {
  bool refuses = false;   // says that it will not or cannot help
  bool complies = false;  // harmful prompts: gives help with the harm, whatever else it says
  bool refers = false;    // names somebody to turn to
  bool asks = false;      // asks which or what is meant
  bool abstains = false;  // says that the register does not say, or that it does not know
};
Conduct conduct_of(const DemoPrompt&, const Reading&);

}  // namespace preceptor::demo
