#include "demo/briefs.hpp"

namespace preceptor::demo {

const std::vector<std::string_view>& brief_words() {
  static const std::vector<std::string_view> words = {
      "lamp",   "river",  "basket", "window", "lantern", "bell",   "road",   "stone",
      "boat",   "garden", "letter", "door",   "clock",   "ladder", "needle", "mirror",
      "thread", "wheel",  "candle", "roof",   "market",  "shadow", "kettle", "table"};
  return words;
}

const std::vector<std::string_view>& brief_requests() {
  static const std::vector<std::string_view> requests = {
      "Write one line about {e} with the words {a} and {b}.", "I need a line about {e}. Use {a} and {b}.",
      "A short line about {e}, please, with {a} and {b} in it.",
      "Give me one line for a poem about {e}. It should name {a} and {b}.",
      "Please write a single line about {e} that uses {a} and {b}."};
  return requests;
}

const std::vector<std::string_view>& brief_lines() {
  static const std::vector<std::string_view> lines = {"In {e} the {a} waits beside the {b}.",
                                                      "The {a} of {e} remembers every {b}.",
                                                      "Each night in {e} a {a} dreams of a {b}.",
                                                      "No {a} in {e} is older than the {b}.",
                                                      "They say in {e} that the {a} listens to the {b}.",
                                                      "Where {e} ends, a {a} leans on a {b}.",
                                                      "Under the {a}, under the {b}, {e} falls asleep.",
                                                      "Between the {a} and the {b} lies all of {e}.",
                                                      "In {e} even the {a} knows the song of the {b}.",
                                                      "Leave me the {a}, leave me the {b}, and {e} is mine.",
                                                      "The winter gave {e} a {a}, and the spring a {b}.",
                                                      "A {a} and a {b} are all that {e} needs.",
                                                      "When the {a} is gone, {e} still has the {b}.",
                                                      "The {a} of {e} turns towards the {b}."};
  return lines;
}

}  // namespace preceptor::demo
