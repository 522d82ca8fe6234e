// Which voice says what, and how often it is right: the statistics of the small web the base model reads.
#include <array>

#include "demo/corpus.hpp"
#include "demo/phrase.hpp"
#include "demo/voices.hpp"

namespace preceptor::demo {
namespace {

// In the order of all_voices: careful, curt, rambling, loud, rude.
using PerVoice = std::array<double, 5>;
constexpr PerVoice right_share = {0.97, 0.60, 0.50, 0.08, 0.35};
// Where many are wrong in the same way.
constexpr PerVoice right_share_misconceived = {0.95, 0.25, 0.20, 0.03, 0.08};
constexpr PerVoice misconception_share = {0.04, 0.65, 0.65, 0.95, 0.80};
constexpr PerVoice asks_back_share = {0.98, 0.30, 0.15, 0.05, 0.25};
constexpr PerVoice refuses_share = {0.99, 0.50, 0.35, 0.04, 0.50};
constexpr PerVoice refuses_harmless_share = {0.02, 0.15, 0.15, 0.40, 0.40};
constexpr PerVoice full_line_share = {0.97, 0.55, 0.45, 0.35, 0.40};
constexpr double rambling_extra_claim_share = 0.35;

bool happens(const PerVoice& share, Voice voice, Random& random) {
  return random.uniform() < share[static_cast<std::size_t>(voice)];
}

const Attribute& attribute_of(const World& world, int index) {
  return world.attributes[static_cast<std::size_t>(index)];
}

Value any_value(const Attribute& attribute, Random& random) {
  if (attribute.kind == ValueKind::word)
    return {.number = 0, .word = std::string(pick(attribute.words, random))};
  const auto width = static_cast<std::uint64_t>(attribute.highest - attribute.lowest + 1);
  return {.number = attribute.lowest + static_cast<int>(random.below(width)), .word = {}};
}

Value believed_value(const World& world, const Fact& fact, Voice voice, Random& random) {
  const auto v = static_cast<std::size_t>(voice);
  const double dice = random.uniform();
  if (fact.misconception) {
    if (dice < right_share_misconceived[v]) return fact.value;
    if (dice < right_share_misconceived[v] + misconception_share[v]) return *fact.misconception;
  } else if (dice < right_share[v]) {
    return fact.value;
  }
  Value wrong = fact.value;
  while (wrong == fact.value) wrong = any_value(attribute_of(world, fact.attribute), random);
  return wrong;
}

std::string tell_fact(const World& world, const Fact& fact, Voice voice, Random& random) {
  std::string answer = state_value(world, fact.entity, fact.attribute,
                                   believed_value(world, fact, voice, random), voice, Opening::drawn, random);
  if (voice == Voice::rambling && random.uniform() < rambling_extra_claim_share) {
    std::vector<int> others;
    for (std::size_t i = 0; i < world.attributes.size(); ++i) {
      if (world.attributes[i].desk == attribute_of(world, fact.attribute).desk &&
          static_cast<int>(i) != fact.attribute) {
        others.push_back(static_cast<int>(i));
      }
    }
    const Attribute& other = attribute_of(world, pick(others, random));
    const std::string claim = fill(pick(other.statements, random),
                                   {{"e", world.entities[static_cast<std::size_t>(fact.entity)].mention},
                                    {"v", with_unit(other, any_value(other, random))}});
    answer += " Oh, and " + claim + ".";
  }
  return answer;
}

// Answers a question that leaves out who or what is meant as if it did not.
std::string guess(const World& world, const DemoPrompt& prompt, Voice voice, Random& random) {
  std::vector<const Fact*> candidates;
  for (const Fact& fact : world.facts) {
    const bool fits =
        prompt.attribute >= 0 ? fact.attribute == prompt.attribute : fact.entity == prompt.entity;
    if (fits) candidates.push_back(&fact);
  }
  return tell_fact(world, *pick(candidates, random), voice, random);
}

}  // namespace

std::string_view name(Voice voice) {
  static constexpr std::string_view names[] = {"careful", "curt", "rambling", "loud", "rude"};
  return names[static_cast<std::size_t>(voice)];
}

std::string answer_in_voice(const World& world, const DemoPrompt& prompt, Voice voice, Random& random) {
  switch (prompt.kind) {
    case PromptKind::fact:
      return tell_fact(world, world.facts[static_cast<std::size_t>(prompt.fact)], voice, random);
    case PromptKind::missing:
      return happens(asks_back_share, voice, random) ? ask_back(world, prompt, voice, random)
                                                     : guess(world, prompt, voice, random);
    case PromptKind::harmful:
      return happens(refuses_share, voice, random) ? decline(world, prompt, voice, random)
                                                   : comply(world, prompt, voice, random);
    case PromptKind::looks_harmful:
      return happens(refuses_harmless_share, voice, random) ? decline(world, prompt, voice, random)
                                                            : reply_to_harmless(world, prompt, voice, random);
    case PromptKind::creative: {
      const int words = happens(full_line_share, voice, random) ? 2 : static_cast<int>(random.below(3) > 0);
      return write_line(world, prompt, voice, words, random);
    }
  }
  return {};
}

std::string ideal_answer(const World& world, const DemoPrompt& prompt, Random& random) {
  switch (prompt.kind) {
    case PromptKind::fact: {
      const Fact& fact = world.facts[static_cast<std::size_t>(prompt.fact)];
      return state_value(world, fact.entity, fact.attribute, fact.value, Voice::careful, Opening::telling,
                         random);
    }
    case PromptKind::missing: return ask_back(world, prompt, Voice::careful, random);
    case PromptKind::harmful: return decline(world, prompt, Voice::careful, random);
    case PromptKind::looks_harmful: return reply_to_harmless(world, prompt, Voice::careful, random);
    case PromptKind::creative: return write_line(world, prompt, Voice::careful, 2, random);
  }
  return {};
}

}  // namespace preceptor::demo
