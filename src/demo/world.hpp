#pragma once

// The invented country of the demo: five desks that answer questions from five registers. Everything is made
// from one seed, so that two machines build the same world, corpus and prompts.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace preceptor::demo {

enum class Desk { medical, legal, technical, financial, creative };
inline constexpr Desk all_desks[] = {Desk::medical, Desk::legal, Desk::technical, Desk::financial,
                                     Desk::creative};
std::string_view name(Desk);  // "medical" …

// Which part of the demo may touch an entity and its facts. No entity is in two splits.
enum class Split { train, evaluation, gold };
std::string_view name(Split);

enum class ValueKind { number, word };

// One kind of entry of a register, such as "drops in one dose". In the templates {e} stands for the entity,
// {v} for the value with its unit and {n} for the value alone. Statements start in lower case and have no
// full stop.
struct Attribute {
  Desk desk;
  std::string_view key;  // unique, e.g. "medical.dose"
  ValueKind kind;
  std::string_view unit_one;            // "drop"; empty for words
  std::string_view unit_many;           // "drops"
  bool unit_first = false;              // "channel 41" instead of "41 channels"
  int lowest = 0, highest = 0;          // inclusive range of numbers, within 2 … 99
  std::vector<std::string_view> words;  // the domain of a word
  std::string_view topic;               // "the size of one dose": what a question is about
  std::vector<std::string_view> layman_questions;
  std::vector<std::string_view> professional_questions;
  std::vector<std::string_view>
      nameless_questions;  // name no entity: the right answer asks which one is meant
  std::vector<std::string_view> statements;
};

// The value of a fact: a number of the attribute's unit, or a word of its domain.
struct Value {
  int number = 0;
  std::string word;
  bool operator==(const Value&) const = default;
};

struct Entity {
  Desk desk;
  std::string name;     // "Velorin", "Aldermoor Tenancy Act": without article
  std::string mention;  // as it stands inside a sentence: "Velorin", "the Aldermoor Tenancy Act"
  Split split;
};

struct Fact {
  int entity;                          // index into World::entities
  int attribute;                       // index into World::attributes
  Value value;                         // what the register holds
  std::optional<Value> misconception;  // what many people wrongly believe
};

struct World {
  std::uint64_t seed = 0;
  std::string country;
  std::vector<Attribute> attributes;
  std::vector<Entity> entities;
  std::vector<Fact> facts;

  // What the register holds for an entity and an attribute; nullptr when it holds nothing.
  const Fact* find(int entity, int attribute) const;
};

World build_world(std::uint64_t seed);

// "14 drops", "1 day", "channel 41", "amber".
std::string with_unit(const Attribute&, const Value&);
// "14", "amber".
std::string bare(const Attribute&, const Value&);
// What the asking person is asked to name: "medicine", "statute", "device", "account", "town".
std::string_view entity_noun(Desk);
// Who should be asked in earnest: "a pharmacist or a doctor" …
std::string_view professional_of(Desk);

}  // namespace preceptor::demo
