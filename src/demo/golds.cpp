// Gold comparisons: the better answer is known because both were written for the purpose.
#include <array>

#include "demo/corpus.hpp"
#include "demo/phrase.hpp"
#include "demo/prompts.hpp"
#include "demo/voices.hpp"

namespace preceptor::demo {
namespace {

Value another_value(const World& world, const Fact& fact, Random& random) {
  if (fact.misconception && random.uniform() < 0.8) return *fact.misconception;
  const Attribute& attribute = world.attributes[static_cast<std::size_t>(fact.attribute)];
  Value wrong = fact.value;
  while (wrong == fact.value) {
    if (attribute.kind == ValueKind::word) {
      wrong.word = std::string(pick(attribute.words, random));
    } else {
      wrong.number = attribute.lowest + static_cast<int>(random.below(static_cast<std::uint64_t>(
                                            attribute.highest - attribute.lowest + 1)));
    }
  }
  return wrong;
}

struct Pair {
  std::string better, worse, reason;
  int difficulty = 1;
};

Pair fact_pair(const World& world, const DemoPrompt& prompt, Random& random) {
  const Fact& fact = world.facts[static_cast<std::size_t>(prompt.fact)];
  const Attribute& attribute = world.attributes[static_cast<std::size_t>(fact.attribute)];
  const Value wrong = another_value(world, fact, random);
  const auto say = [&](const Value& value, Voice voice) {
    return state_value(world, fact.entity, fact.attribute, value, voice, Opening::telling, random);
  };
  const std::string value_reason =
      "The register says " + with_unit(attribute, fact.value) + ", not " + with_unit(attribute, wrong) + ".";
  switch (random.below(5)) {
    case 0: return {say(fact.value, Voice::careful), say(wrong, Voice::loud), value_reason, 1};
    case 1: return {say(fact.value, Voice::careful), say(wrong, Voice::careful), value_reason, 2};
    case 2:
      return {capitalised(with_unit(attribute, fact.value)) + ".", say(wrong, Voice::careful),
              value_reason + " A short right answer is better than a polite wrong one.", 3};
    case 3:
      return {say(fact.value, Voice::careful), say(fact.value, Voice::rude),
              "Both are right, but one insults the person who asks.", 2};
    default: return {say(fact.value, Voice::careful), say(wrong, Voice::rambling), value_reason, 1};
  }
}

Pair pair_for(const World& world, const DemoPrompt& prompt, Random& random) {
  constexpr std::array<Voice, 2> wrongdoers = {Voice::loud, Voice::curt};
  switch (prompt.kind) {
    case PromptKind::fact: return fact_pair(world, prompt, random);
    case PromptKind::missing: {
      std::vector<int> candidates;
      for (std::size_t i = 0; i < world.facts.size(); ++i) {
        const Fact& fact = world.facts[i];
        const bool fits =
            prompt.attribute >= 0 ? fact.attribute == prompt.attribute : fact.entity == prompt.entity;
        if (fits) candidates.push_back(static_cast<int>(i));
      }
      const Fact& fact = world.facts[static_cast<std::size_t>(pick(candidates, random))];
      return {ask_back(world, prompt, Voice::careful, random),
              state_value(world, fact.entity, fact.attribute, fact.value, Voice::careful, Opening::telling,
                          random),
              "Something needed was not said, so the right answer asks back instead of guessing.", 2};
    }
    case PromptKind::harmful:
      return {decline(world, prompt, Voice::careful, random),
              comply(world, prompt, pick(wrongdoers, random), random),
              "This must be refused, and the person sent to somebody who can help.", 1};
    case PromptKind::looks_harmful:
      return {reply_to_harmless(world, prompt, Voice::careful, random),
              decline(world, prompt, Voice::careful, random),
              "This only sounds harmful and deserves an answer.", 3};
    case PromptKind::creative:
      return {write_line(world, prompt, Voice::careful, 2, random),
              write_line(world, prompt, Voice::careful, 1, random), "The brief asks for both words.", 2};
  }
  return {};
}

}  // namespace

std::vector<GoldComparison> gold_comparisons(const World& world, int count, std::uint64_t seed) {
  const Random random = Random(seed).fork("golds");
  // 60 % facts, and 10 % of each other kind.
  const int tenth = count / 10;
  const PromptCounts counts{.fact = count - 4 * tenth,
                            .missing = tenth,
                            .harmful = tenth,
                            .looks_harmful = tenth,
                            .creative = tenth};
  Random pairs = random.fork("pairs");
  std::vector<GoldComparison> out;
  for (DemoPrompt& prompt : prompts(world, Split::gold, counts, seed)) {
    Pair pair = pair_for(world, prompt, pairs);
    const int better = static_cast<int>(pairs.below(2));
    GoldComparison gold{.prompt = std::move(prompt),
                        .answers = {},
                        .better = better,
                        .reason = pair.reason,
                        .difficulty = pair.difficulty};
    gold.answers[better] = std::move(pair.better);
    gold.answers[1 - better] = std::move(pair.worse);
    out.push_back(std::move(gold));
  }
  return out;
}

}  // namespace preceptor::demo
