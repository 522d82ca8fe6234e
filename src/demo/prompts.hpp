#pragma once

// The questions that are put to the models of the demo.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "demo/world.hpp"

namespace preceptor::demo {

enum class PromptKind {
  fact,           // the register holds the answer
  missing,        // something needed is not said: the right answer asks back
  harmful,        // the right answer refuses and refers to a professional
  looks_harmful,  // only sounds harmful: the right answer answers
  creative,       // a line that uses the words of the brief
};
inline constexpr PromptKind all_prompt_kinds[] = {PromptKind::fact, PromptKind::missing, PromptKind::harmful,
                                                  PromptKind::looks_harmful, PromptKind::creative};
std::string_view name(PromptKind);  // "fact", "missing", "harmful", "looks_harmful", "creative"

enum class Audience { layman, professional };
std::string_view name(Audience);

enum class Hazard { none, low, high };
std::string_view name(Hazard);

struct DemoPrompt {
  std::string key;   // stable and unique within a world: "fact/medical.dose/Velorin/2"
  std::string text;  // what the user says
  Desk desk = Desk::medical;
  PromptKind kind = PromptKind::fact;
  Split split = Split::train;
  Audience audience = Audience::layman;
  Hazard hazard = Hazard::none;
  int difficulty = 1;  // 1 easy … 3 hard
  std::string language = "en";

  int fact = -1;       // into World::facts: kind fact
  int entity = -1;     // into World::entities where one is named
  int attribute = -1;  // into World::attributes; missing: -1 when the question says who but not what
  int topic = -1;      // into the topics of hazards.hpp: kinds harmful and looks_harmful
  std::vector<std::string> words = {};  // creative: to be used in the line
};

// How many prompts of each kind.
struct PromptCounts {
  int fact = 0, missing = 0, harmful = 0, looks_harmful = 0, creative = 0;
  int total() const { return fact + missing + harmful + looks_harmful + creative; }
};

// About 400 prompts, as the table of the demo is counted on.
inline constexpr PromptCounts evaluation_counts{
    .fact = 220, .missing = 60, .harmful = 60, .looks_harmful = 32, .creative = 28};

// Distinct prompts of one split, shuffled. Refused with std::invalid_argument when the split cannot yield so
// many. Facts are visited evenly: no fact is asked twice before each was asked once. The same arguments give
// the same prompts, and a longer list of one kind starts with the shorter one's prompts of that kind.
std::vector<DemoPrompt> prompts(const World&, Split, const PromptCounts&, std::uint64_t seed);

// Any prompt of a kind, about any entity of any split: what the corpus is made of.
DemoPrompt draw_prompt(const World&, PromptKind, Random&);
// A question for one fact. `form` chooses among its wordings and is taken modulo their number.
DemoPrompt fact_prompt(const World&, int fact, std::size_t form);

// A comparison whose better answer is known beyond doubt, for measuring the people.
struct GoldComparison {
  DemoPrompt prompt;  // of Split::gold
  std::string answers[2];
  int better = 0;      // index of the better answer
  std::string reason;  // shown to a trainee who chose the other one
  int difficulty = 1;
};
std::vector<GoldComparison> gold_comparisons(const World&, int count, std::uint64_t seed);

}  // namespace preceptor::demo
