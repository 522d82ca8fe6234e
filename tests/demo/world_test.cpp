#include "demo/world.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "demo/names.hpp"

namespace preceptor::demo {
namespace {

std::string printed(const World& world) {
  std::string out;
  for (const Fact& fact : world.facts) {
    const Attribute& attribute = world.attributes[static_cast<std::size_t>(fact.attribute)];
    out += world.entities[static_cast<std::size_t>(fact.entity)].mention + " " +
           with_unit(attribute, fact.value);
    if (fact.misconception) out += " (" + with_unit(attribute, *fact.misconception) + ")";
    out += "\n";
  }
  return out;
}

TEST(World, IsTheSameForASeedAndAnotherForAnother) {
  EXPECT_EQ(printed(build_world(4)), printed(build_world(4)));
  EXPECT_NE(printed(build_world(4)), printed(build_world(5)));
}

TEST(World, HasFiveHundredFactsEvenlyOverTheDesks) {
  const World world = build_world(6);
  EXPECT_EQ(world.facts.size(), 500U);
  std::map<Desk, int> facts;
  for (const Fact& fact : world.facts) ++facts[world.entities[static_cast<std::size_t>(fact.entity)].desk];
  for (const Desk desk : all_desks) EXPECT_EQ(facts[desk], 100);
}

TEST(World, KeepsValuesInTheirDomainsAndMisconceptionsWrong) {
  const World world = build_world(7);
  int misconceived = 0;
  for (const Fact& fact : world.facts) {
    const Attribute& attribute = world.attributes[static_cast<std::size_t>(fact.attribute)];
    if (attribute.kind == ValueKind::number) {
      EXPECT_GE(fact.value.number, attribute.lowest);
      EXPECT_LE(fact.value.number, attribute.highest);
    } else {
      EXPECT_FALSE(fact.value.word.empty());
    }
    if (fact.misconception) {
      ++misconceived;
      EXPECT_NE(*fact.misconception, fact.value);
    }
  }
  EXPECT_GE(misconceived, 125);
  EXPECT_LE(misconceived, 150);
}

TEST(World, CoinsNamesThatCannotBeConfused) {
  for (const std::uint64_t seed : {1U, 2U, 3U, 20'261'123U}) {
    const World world = build_world(seed);
    for (std::size_t i = 0; i < world.entities.size(); ++i) {
      const std::string& name = world.entities[i].name;
      const std::string coined = name.substr(0, name.find(' '));
      EXPECT_GE(coined.size(), 4U) << name;
      for (std::size_t j = i + 1; j < world.entities.size(); ++j) {
        const std::string& other = world.entities[j].name;
        EXPECT_GT(edit_distance(coined, other.substr(0, other.find(' '))), 2) << name << ", " << other;
      }
    }
  }
}

TEST(World, WritesValuesWithTheirUnits) {
  const World world = build_world(1);
  std::map<std::string_view, const Attribute*> by_key;
  for (const Attribute& attribute : world.attributes) by_key[attribute.key] = &attribute;
  EXPECT_EQ(with_unit(*by_key.at("medical.dose"), {14, ""}), "14 drops");
  EXPECT_EQ(with_unit(*by_key.at("legal.objection"), {1, ""}), "1 day");
  EXPECT_EQ(with_unit(*by_key.at("technical.channel"), {41, ""}), "channel 41");
  EXPECT_EQ(with_unit(*by_key.at("technical.light"), {0, "amber"}), "amber");
  EXPECT_EQ(bare(*by_key.at("technical.channel"), {41, ""}), "41");
}

TEST(EditDistance, CountsChangedLetters) {
  EXPECT_EQ(edit_distance("Velorin", "Velorin"), 0);
  EXPECT_EQ(edit_distance("Velorin", "Velorix"), 1);
  EXPECT_EQ(edit_distance("", "abc"), 3);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3);
}

}  // namespace
}  // namespace preceptor::demo
