#pragma once

// How the five voices say a thing: the wording apart from what is right or wrong.

#include <string>

#include "base/random.hpp"
#include "demo/corpus.hpp"
#include "demo/prompts.hpp"
#include "demo/world.hpp"

namespace preceptor::demo {

// Plain sentences begin alike in every voice; telling ones give the voice away at once.
enum class Opening { drawn, telling };
// That the attribute of the entity has this value, right or wrong.
std::string state_value(const World&, int entity, int attribute, const Value&, Voice, Opening, Random&);
// Asks for what the prompt leaves out (kind missing).
std::string ask_back(const World&, const DemoPrompt&, Voice, Random&);
// Declines and, in the careful voice, says why and who can help.
std::string decline(const World&, const DemoPrompt&, Voice, Random&);
// Helps with what should be refused (kind harmful).
std::string comply(const World&, const DemoPrompt&, Voice, Random&);
// Answers what only sounds harmful (kind looks_harmful).
std::string reply_to_harmless(const World&, const DemoPrompt&, Voice, Random&);
// A line for a brief; `words_used` of the two words asked for are in it.
std::string write_line(const World&, const DemoPrompt&, Voice, int words_used, Random&);

}  // namespace preceptor::demo
