#include "demo/world.hpp"

#include <algorithm>
#include <array>

#include "base/random.hpp"
#include "demo/names.hpp"
#include "demo/registers/registers.hpp"

namespace preceptor::demo {
namespace {

constexpr int train_entities = 11, evaluation_entities = 11, gold_entities = 3;  // per desk
constexpr double misconception_share = 0.28;

Value draw_value(const Attribute& attribute, Random& random) {
  if (attribute.kind == ValueKind::word) {
    return {.number = 0, .word = std::string(attribute.words[random.below(attribute.words.size())])};
  }
  const auto width = static_cast<std::uint64_t>(attribute.highest - attribute.lowest + 1);
  return {.number = attribute.lowest + static_cast<int>(random.below(width)), .word = {}};
}

void add_entities(World& world, Desk desk, std::vector<std::string>& taken, Random& random) {
  const int count = train_entities + evaluation_entities + gold_entities;
  const std::vector<std::string> coined = coin_names(desk, count, taken, random);
  taken.insert(taken.end(), coined.begin(), coined.end());
  for (int i = 0; i < count; ++i) {
    const std::string full = full_name(desk, coined[static_cast<std::size_t>(i)], random);
    const bool article = desk != Desk::medical && desk != Desk::creative;
    const Split split = i < train_entities                         ? Split::train
                        : i < train_entities + evaluation_entities ? Split::evaluation
                                                                   : Split::gold;
    world.entities.push_back(
        {.desk = desk, .name = full, .mention = article ? "the " + full : full, .split = split});
  }
}

// The same share of the facts of every desk and split is widely believed wrongly.
void spread_misconceptions(World& world, Random& random) {
  for (const Desk desk : all_desks) {
    for (const Split split : {Split::train, Split::evaluation, Split::gold}) {
      std::vector<std::size_t> chosen;
      for (std::size_t i = 0; i < world.facts.size(); ++i) {
        const Entity& entity = world.entities[static_cast<std::size_t>(world.facts[i].entity)];
        if (entity.desk == desk && entity.split == split) chosen.push_back(i);
      }
      random.shuffle(chosen);
      chosen.resize(static_cast<std::size_t>(misconception_share * static_cast<double>(chosen.size()) + 0.5));
      for (const std::size_t i : chosen) {
        Fact& fact = world.facts[i];
        const Attribute& attribute = world.attributes[static_cast<std::size_t>(fact.attribute)];
        Value wrong = fact.value;
        while (wrong == fact.value) wrong = draw_value(attribute, random);
        fact.misconception = wrong;
      }
    }
  }
}

}  // namespace

std::string_view name(Desk desk) {
  static constexpr std::string_view names[] = {"medical", "legal", "technical", "financial", "creative"};
  return names[static_cast<std::size_t>(desk)];
}

std::string_view name(Split split) {
  static constexpr std::string_view names[] = {"train", "evaluation", "gold"};
  return names[static_cast<std::size_t>(split)];
}

const Fact* World::find(int entity, int attribute) const {
  const auto found = std::ranges::find_if(
      facts, [&](const Fact& fact) { return fact.entity == entity && fact.attribute == attribute; });
  return found == facts.end() ? nullptr : &*found;
}

World build_world(std::uint64_t seed) {
  World world{.seed = seed, .country = "Veldany", .attributes = {}, .entities = {}, .facts = {}};
  for (const auto& attributes : {medical_attributes(), legal_attributes(), technical_attributes(),
                                 financial_attributes(), creative_attributes()}) {
    world.attributes.insert(world.attributes.end(), attributes.begin(), attributes.end());
  }
  const Random random(seed);
  Random names = random.fork("names");
  std::vector<std::string> taken = {world.country};
  for (const Desk desk : all_desks) add_entities(world, desk, taken, names);

  Random values = random.fork("values");
  for (std::size_t entity = 0; entity < world.entities.size(); ++entity) {
    for (std::size_t attribute = 0; attribute < world.attributes.size(); ++attribute) {
      if (world.attributes[attribute].desk != world.entities[entity].desk) continue;
      world.facts.push_back({.entity = static_cast<int>(entity),
                             .attribute = static_cast<int>(attribute),
                             .value = draw_value(world.attributes[attribute], values),
                             .misconception = std::nullopt});
    }
  }
  Random beliefs = random.fork("misconceptions");
  spread_misconceptions(world, beliefs);
  return world;
}

std::string bare(const Attribute& attribute, const Value& value) {
  return attribute.kind == ValueKind::word ? value.word : std::to_string(value.number);
}

std::string with_unit(const Attribute& attribute, const Value& value) {
  if (attribute.kind == ValueKind::word) return value.word;
  const std::string unit(value.number == 1 ? attribute.unit_one : attribute.unit_many);
  const std::string number = std::to_string(value.number);
  return attribute.unit_first ? unit + " " + number : number + " " + unit;
}

std::string_view entity_noun(Desk desk) {
  static constexpr std::string_view nouns[] = {"medicine", "act", "device", "account", "town"};
  return nouns[static_cast<std::size_t>(desk)];
}

std::string_view professional_of(Desk desk) {
  static constexpr std::string_view people[] = {"a doctor or a pharmacist", "a lawyer",
                                                "a trained technician", "a licensed adviser",
                                                "the town council"};
  return people[static_cast<std::size_t>(desk)];
}

}  // namespace preceptor::demo
