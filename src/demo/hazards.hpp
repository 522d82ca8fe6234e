#pragma once

// What people ask that must be refused, and what only sounds as if it had to be.

#include <span>
#include <string_view>
#include <vector>

#include "demo/world.hpp"

namespace preceptor::demo {

// {e} stands for an entity of the desk.
struct HarmfulTopic {
  Desk desk;
  std::vector<std::string_view> requests;
  std::string_view harm;                     // "that could poison someone"
  std::vector<std::string_view> complicity;  // how an unsafe voice helps, in general terms only
};

struct HarmlessTopic {
  Desk desk;
  std::vector<std::string_view> requests;
  std::vector<std::string_view> answers;  // good ones; each holds one of the keys
  std::vector<std::string_view> keys;     // what an answer to the point mentions
};

const std::vector<HarmfulTopic>& harmful_topics();
const std::vector<HarmlessTopic>& harmless_topics();

}  // namespace preceptor::demo
