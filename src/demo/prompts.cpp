#include "demo/prompts.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

#include "demo/briefs.hpp"
#include "demo/hazards.hpp"
#include "demo/phrase.hpp"

namespace preceptor::demo {
namespace {

constexpr std::string_view greetings[] = {
    "", "", "", "", "Hello. ", "Good morning. ", "Excuse me. ", "I have a question. ", "Please help me. "};
constexpr std::string_view whatless_questions[] = {
    "What about {e}?", "I have a question about {e}.", "Please tell me about {e}.",
    "Can you look something up about {e} for me?", "I need something on {e}."};

// Wordings that name no entity and pairs of words cannot be split by entity: they are dealt out by their
// place.
Split split_of_place(std::size_t place) {
  const std::size_t rest = place * 7 % 16;
  return rest < 8 ? Split::train : rest < 14 ? Split::evaluation : Split::gold;
}

std::vector<int> entities_of(const World& world, Desk desk, const Split* split) {
  std::vector<int> out;
  for (std::size_t i = 0; i < world.entities.size(); ++i) {
    const Entity& entity = world.entities[i];
    if (entity.desk == desk && (!split || entity.split == *split)) out.push_back(static_cast<int>(i));
  }
  return out;
}

const Entity& entity_at(const World& world, int index) {
  return world.entities[static_cast<std::size_t>(index)];
}

std::string ask(std::string_view question, const Entity& entity) {
  return capitalised(fill(question, {{"e", entity.mention}}));
}

void greet(DemoPrompt& prompt, Random& random) {
  const std::size_t which = random.below(std::size(greetings));
  prompt.text = std::string(greetings[which]) + prompt.text;
  if (which >= 4) prompt.key += "/greeting-" + std::to_string(which - 3);
}

std::string slug(std::string_view text) {
  std::string out = lower_case(text);
  std::ranges::replace(out, ' ', '-');
  return out;
}

DemoPrompt nameless_prompt(const World& world, int attribute_index, std::size_t form, Split split) {
  const Attribute& attribute = world.attributes[static_cast<std::size_t>(attribute_index)];
  return {.key = "missing/" + std::string(attribute.key) + "/" + std::to_string(form),
          .text = std::string(attribute.nameless_questions[form]),
          .desk = attribute.desk,
          .kind = PromptKind::missing,
          .split = split,
          .hazard = attribute.desk == Desk::medical ? Hazard::low : Hazard::none,
          .difficulty = 2,
          .attribute = attribute_index};
}

DemoPrompt draw_missing(const World& world, const Split* split, Random& random) {
  DemoPrompt prompt;
  if (random.below(3) > 0) {
    const std::size_t attribute = random.below(world.attributes.size());
    const std::size_t form = random.below(world.attributes[attribute].nameless_questions.size());
    const std::size_t greeting = random.below(std::size(greetings));
    const Split own = split_of_place((attribute * 5 + form) * 9 + (greeting < 4 ? 0 : greeting));
    if (split && own != *split) return draw_missing(world, split, random);
    prompt = nameless_prompt(world, static_cast<int>(attribute), form, own);
    prompt.text = std::string(greetings[greeting]) + prompt.text;
    if (greeting >= 4) prompt.key += "/greeting-" + std::to_string(greeting - 3);
    return prompt;
  }
  const Desk desk = pick(all_desks, random);
  const int entity = pick(entities_of(world, desk, split), random);
  const std::size_t form = random.below(std::size(whatless_questions));
  prompt = {.key = "missing/" + slug(entity_at(world, entity).name) + "/" + std::to_string(form),
            .text = ask(whatless_questions[form], entity_at(world, entity)),
            .desk = desk,
            .kind = PromptKind::missing,
            .split = entity_at(world, entity).split,
            .difficulty = 2,
            .entity = entity};
  greet(prompt, random);
  return prompt;
}

template <class Topic>
DemoPrompt draw_topic(const World& world, PromptKind kind, const std::vector<Topic>& topics,
                      const Split* split, Random& random) {
  const std::size_t topic = random.below(topics.size());
  const std::size_t form = random.below(topics[topic].requests.size());
  const int entity = pick(entities_of(world, topics[topic].desk, split), random);
  DemoPrompt prompt{.key = std::string(name(kind)) + "/" + std::to_string(topic) + "/" +
                           slug(entity_at(world, entity).name) + "/" + std::to_string(form),
                    .text = ask(topics[topic].requests[form], entity_at(world, entity)),
                    .desk = topics[topic].desk,
                    .kind = kind,
                    .split = entity_at(world, entity).split,
                    .hazard = kind == PromptKind::harmful ? Hazard::high : Hazard::low,
                    .difficulty = kind == PromptKind::harmful ? 1 : 3,
                    .entity = entity,
                    .topic = static_cast<int>(topic)};
  greet(prompt, random);
  return prompt;
}

DemoPrompt draw_brief(const World& world, const Split* split, Random& random) {
  const auto& words = brief_words();
  const int entity = pick(entities_of(world, Desk::creative, split), random);
  const Split own = entity_at(world, entity).split;
  std::size_t first = 0, second = 0;
  do {
    first = random.below(words.size());
    second = random.below(words.size());
  } while (first == second ||
           split_of_place(std::min(first, second) * words.size() + std::max(first, second)) != own);
  const std::size_t form = random.below(brief_requests().size());
  const std::string a(words[first]), b(words[second]);
  return {.key = "creative/" + slug(entity_at(world, entity).name) + "/" + a + "-" + b + "/" +
                 std::to_string(form),
          .text = fill(brief_requests()[form], {{"e", entity_at(world, entity).mention}, {"a", a}, {"b", b}}),
          .desk = Desk::creative,
          .kind = PromptKind::creative,
          .split = own,
          .difficulty = 2,
          .entity = entity,
          .words = {a, b}};
}

DemoPrompt draw(const World& world, PromptKind kind, const Split* split, Random& random) {
  switch (kind) {
    case PromptKind::fact: break;
    case PromptKind::missing: return draw_missing(world, split, random);
    case PromptKind::harmful: return draw_topic(world, kind, harmful_topics(), split, random);
    case PromptKind::looks_harmful: return draw_topic(world, kind, harmless_topics(), split, random);
    case PromptKind::creative: return draw_brief(world, split, random);
  }
  DemoPrompt prompt =
      fact_prompt(world, static_cast<int>(random.below(world.facts.size())), random.below(60));
  greet(prompt, random);
  return prompt;
}

void add_fact_prompts(std::vector<DemoPrompt>& out, const World& world, Split split, int count,
                      Random random) {
  std::vector<int> facts;
  for (std::size_t i = 0; i < world.facts.size(); ++i) {
    if (entity_at(world, world.facts[i].entity).split == split) facts.push_back(static_cast<int>(i));
  }
  random.shuffle(facts);
  for (int i = 0; i < count; ++i) {
    const std::size_t place = static_cast<std::size_t>(i) % facts.size();
    const std::size_t round = static_cast<std::size_t>(i) / facts.size();
    const Attribute& attribute = world.attributes[static_cast<std::size_t>(
        world.facts[static_cast<std::size_t>(facts[place])].attribute)];
    const std::size_t forms = attribute.layman_questions.size() + attribute.professional_questions.size();
    if (round >= forms) throw std::invalid_argument("this split has no more questions about facts");
    DemoPrompt prompt = fact_prompt(world, facts[place], place + round);
    greet(prompt, random);
    out.push_back(std::move(prompt));
  }
}

void add_drawn_prompts(std::vector<DemoPrompt>& out, const World& world, Split split, PromptKind kind,
                       int count, Random random) {
  std::set<std::string> seen;
  constexpr int repeats_max = 5'000;  // in a row: then there are hardly any others
  int repeats = 0;
  while (static_cast<int>(seen.size()) < count) {
    DemoPrompt prompt = draw(world, kind, &split, random);
    repeats = seen.insert(prompt.text).second ? 0 : repeats + 1;
    if (repeats == 0) out.push_back(std::move(prompt));
    if (repeats > repeats_max) {
      throw std::invalid_argument("this split has no more prompts of kind " + std::string(name(kind)));
    }
  }
}

}  // namespace

std::string_view name(PromptKind kind) {
  static constexpr std::string_view names[] = {"fact", "missing", "harmful", "looks_harmful", "creative"};
  return names[static_cast<std::size_t>(kind)];
}

std::string_view name(Audience audience) { return audience == Audience::layman ? "layman" : "professional"; }

std::string_view name(Hazard hazard) {
  static constexpr std::string_view names[] = {"none", "low", "high"};
  return names[static_cast<std::size_t>(hazard)];
}

DemoPrompt fact_prompt(const World& world, int fact_index, std::size_t form) {
  const Fact& fact = world.facts[static_cast<std::size_t>(fact_index)];
  const Attribute& attribute = world.attributes[static_cast<std::size_t>(fact.attribute)];
  const Entity& entity = entity_at(world, fact.entity);
  const std::size_t lay = attribute.layman_questions.size();
  form %= lay + attribute.professional_questions.size();
  const bool layman = form < lay;
  return {
      .key = "fact/" + std::string(attribute.key) + "/" + slug(entity.name) + "/" + std::to_string(form),
      .text = ask(layman ? attribute.layman_questions[form] : attribute.professional_questions[form - lay],
                  entity),
      .desk = attribute.desk,
      .kind = PromptKind::fact,
      .split = entity.split,
      .audience = layman ? Audience::layman : Audience::professional,
      .hazard = attribute.desk == Desk::medical ? Hazard::low : Hazard::none,
      .difficulty = fact.misconception ? 3
                    : layman           ? 1
                                       : 2,
      .fact = fact_index,
      .entity = fact.entity,
      .attribute = fact.attribute};
}

DemoPrompt draw_prompt(const World& world, PromptKind kind, Random& random) {
  return draw(world, kind, nullptr, random);
}

std::vector<DemoPrompt> prompts(const World& world, Split split, const PromptCounts& counts,
                                std::uint64_t seed) {
  const Random random = Random(seed).fork(name(split));
  std::vector<DemoPrompt> out;
  add_fact_prompts(out, world, split, counts.fact, random.fork("fact"));
  const std::pair<PromptKind, int> drawn[] = {{PromptKind::missing, counts.missing},
                                              {PromptKind::harmful, counts.harmful},
                                              {PromptKind::looks_harmful, counts.looks_harmful},
                                              {PromptKind::creative, counts.creative}};
  for (const auto& [kind, count] : drawn)
    add_drawn_prompts(out, world, split, kind, count, random.fork(name(kind)));
  Random order = random.fork("order");
  order.shuffle(out);
  return out;
}

}  // namespace preceptor::demo
