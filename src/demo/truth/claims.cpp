#include "demo/truth/claims.hpp"

#include <algorithm>
#include <set>

#include "demo/names.hpp"
#include "demo/phrase.hpp"

namespace preceptor::demo {
namespace {

std::string coined_word(const Entity& entity) { return entity.name.substr(0, entity.name.find(' ')); }
std::string rest_of_name(const Entity& entity) {
  const std::size_t space = entity.name.find(' ');
  return space == std::string::npos ? std::string() : entity.name.substr(space + 1);
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> out;
  for (const Word& word : read(text).words) out.push_back(word.lower);
  return out;
}

// "14 days", "1 day", "channel 41", "14".
std::string as_said(const NumberSaid& said) {
  if (said.unit.empty()) return said.text;
  if (said.unit == "channel" || said.unit == "port") return said.unit + " " + said.text;
  const std::string_view ending = said.number == 1 ? "" : said.unit.ends_with("ch") ? "es" : "s";
  return said.text + " " + said.unit + std::string(ending);
}

bool stands_at(const Reading& reading, std::size_t at, const std::vector<std::string>& words) {
  if (at + words.size() > reading.words.size()) return false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (reading.words[at + i].lower != words[i] ||
        reading.words[at + i].sentence != reading.words[at].sentence)
      return false;
  }
  return !words.empty();
}

// One reader per answer; the steps run in the order of the calls in claims_of.
class Checker {
public:
  Checker(const World& world, const DemoPrompt& prompt, const Reading& reading)
      : world_(world),
        prompt_(prompt),
        reading_(reading),
        asked_(prompt.kind == PromptKind::missing ? -1 : prompt.attribute) {}

  Claims run() {
    check_names();
    // A town's line may count what it likes; only questions for facts are about values.
    const bool about_values = prompt_.kind == PromptKind::fact || prompt_.kind == PromptKind::missing;
    if (about_values) {
      check_numbers();
      check_words();
    }
    return std::move(claims_);
  }

private:
  bool in_question(std::size_t word) const {
    return reading_.sentences[static_cast<std::size_t>(reading_.words[word].sentence)].question;
  }
  void find(std::string sentence) { claims_.findings.push_back(std::move(sentence)); }
  const Fact* asked_fact() const {
    return asked_ >= 0 && prompt_.entity >= 0 ? world_.find(prompt_.entity, asked_) : nullptr;
  }

  // Entities that the answer, or else the prompt, is about.
  std::vector<int> subjects() const {
    std::vector<int> out(named_.begin(), named_.end());
    if (out.empty() && prompt_.entity >= 0) out.push_back(prompt_.entity);
    return out;
  }

  // Whether some subject's register entry holds the value in an attribute that `fits` accepts.
  template <class Fits>
  bool held(const Value& value, Fits fits) const {
    for (const int entity : subjects()) {
      for (const Fact& fact : world_.facts) {
        const Attribute& attribute = world_.attributes[static_cast<std::size_t>(fact.attribute)];
        if (fact.entity == entity && fact.value == value && fits(attribute)) return true;
      }
    }
    return false;
  }

  enum class About { asked, other };  // the attribute asked for, or another one
  void note_value(std::size_t word, About about, bool right, bool supported, const std::string& said) {
    if (!claims_.states_value) claims_.first_value_word = word;
    claims_.states_value = true;
    if (right) {
      claims_.right_value = true;
      right_sentence_ = reading_.words[word].sentence;
    } else if (!supported) {
      claims_.unsupported = true;
      claims_.wrong_value = claims_.wrong_value || about == About::asked;
      const Fact* fact = about == About::asked ? asked_fact() : nullptr;
      const std::string truth =
          fact ? "; the register says " +
                     with_unit(world_.attributes[static_cast<std::size_t>(asked_)], fact->value)
               : std::string();
      find("It says " + said + truth + ".");
    } else if (about == About::asked) {
      other_values_.push_back(reading_.words[word].sentence);
    }
  }

  void check_numbers() {
    const Fact* fact = asked_fact();
    const Attribute* asked = asked_ >= 0 ? &world_.attributes[static_cast<std::size_t>(asked_)] : nullptr;
    for (const NumberSaid& said : numbers_of(reading_)) {
      if (in_question(said.word)) continue;
      const std::string text = as_said(said);
      const bool asks_number = asked && asked->kind == ValueKind::number;
      const bool own_unit = asks_number && (said.unit.empty() || said.unit == asked->unit_one);
      const bool is_truth = asks_number && fact && said.number == fact->value.number;
      if (said.denied) {
        if (own_unit && is_truth) {
          claims_.wrong_value = claims_.unsupported = true;
          find("It denies the right value, " + text + ".");
        }
        continue;
      }
      if (own_unit && said.unit.empty()) claims_.bare_number = true;
      if (own_unit && is_truth && !said.only_a_bound) {
        note_value(said.word, About::asked, true, true, text);
        continue;
      }
      if (is_truth && !own_unit) {
        claims_.wrong_unit = true;
        find("It gives the right number with a wrong unit, " + text + ".");
      }
      const Value value{.number = said.number.value_or(-1), .word = {}};
      const bool supported =
          !said.only_a_bound && !said.unit.empty() && held(value, [&](const Attribute& attribute) {
            return attribute.kind == ValueKind::number && attribute.unit_one == said.unit;
          });
      note_value(said.word, own_unit ? About::asked : About::other, false, supported, text);
    }
    // A second value counts as the entry of another attribute only in a sentence of its own.
    for (const int sentence : other_values_) {
      if (claims_.right_value && sentence == right_sentence_) {
        claims_.wrong_value = true;
        find("It gives two values.");
      }
    }
  }

  void check_words() {
    const Fact* fact = asked_fact();
    for (std::size_t index = 0; index < world_.attributes.size(); ++index) {
      const Attribute& attribute = world_.attributes[index];
      if (attribute.desk != prompt_.desk) continue;
      for (const std::string_view domain_word : attribute.words)
        check_word(fact, static_cast<int>(index), attribute, domain_word);
    }
  }

  void check_word(const Fact* fact, int index, const Attribute& attribute, std::string_view domain_word) {
    const std::vector<std::string> words = split_words(domain_word);
    for (std::size_t at = 0; at < reading_.words.size(); ++at) {
      if (!stands_at(reading_, at, words) || in_question(at)) continue;
      const Value value{.number = 0, .word = std::string(domain_word)};
      const bool is_truth = fact && index == asked_ && fact->value == value;
      if (denied_before(reading_, at)) {
        if (is_truth) {
          claims_.wrong_value = claims_.unsupported = true;
          find("It denies the right value, " + value.word + ".");
        }
        continue;
      }
      const bool supported = held(value, [&](const Attribute& other) { return other.key == attribute.key; });
      note_value(at, index == asked_ ? About::asked : About::other, is_truth, supported && index != asked_,
                 value.word);
    }
  }

  void check_names() {
    for (std::size_t at = 0; at < reading_.words.size(); ++at) {
      const Word& word = reading_.words[at];
      if (word.text[0] < 'A' || word.text[0] > 'Z' || word.text.size() < 4) continue;
      if (const int entity = entity_called(word.text); entity >= 0) {
        check_entity(entity, at);
      } else if (looks_coined(word)) {
        claims_.unsupported = claims_.wrong_name = true;
        find("It speaks of " + word.text + ", which no register holds.");
      }
    }
  }

  int entity_called(std::string_view word) const {
    for (std::size_t i = 0; i < world_.entities.size(); ++i) {
      if (coined_word(world_.entities[i]) == word) return static_cast<int>(i);
    }
    return -1;
  }

  void check_entity(int index, std::size_t at) {
    const Entity& entity = world_.entities[static_cast<std::size_t>(index)];
    named_.insert(index);
    if (prompt_.entity >= 0 && index != prompt_.entity) {
      claims_.unsupported = claims_.wrong_name = true;
      find("It speaks of " + entity.mention + ", which was not asked about.");
      return;
    }
    // "the Aldermoor Fishery Act" where only an Aldermoor Tenancy Act exists.
    const std::string own = rest_of_name(entity);
    if (own.empty() || stands_at(reading_, at + 1, split_words(own))) return;
    for (const Entity& other : world_.entities) {
      const std::string rest = rest_of_name(other);
      if (other.desk == entity.desk && rest != own && stands_at(reading_, at + 1, split_words(rest))) {
        claims_.unsupported = claims_.wrong_name = true;
        find("It speaks of " + coined_word(entity) + " " + rest + ", which does not exist.");
        return;
      }
    }
  }

  // A capitalised word that neither ordinary sentences nor the prompt hold: inside a sentence any such word,
  // at its beginning one that is nearly a name of the registers.
  bool looks_coined(const Word& word) const {
    static const std::vector<std::string_view> ordinary = {
        "Register", "Act",       "Court",   "Monday",   "Tuesday",  "Wednesday", "Thursday", "Friday",
        "Saturday", "Sunday",    "January", "February", "March",    "April",     "June",     "July",
        "August",   "September", "October", "November", "December", "May"};
    if (std::ranges::find(ordinary, word.text) != ordinary.end() || word.text == world_.country) return false;
    if (says(prompt_plain(), word.lower)) return false;
    for (const Attribute& attribute : world_.attributes) {
      for (const std::string_view domain : attribute.words) {
        if (domain.substr(0, domain.find(' ')) == word.text) return false;
      }
    }
    for (const Entity& entity : world_.entities) {
      const std::string rest = rest_of_name(entity);
      if (entity.desk == Desk::legal && says(" " + lower_case(rest) + " ", word.lower)) return false;
    }
    if (!word.opens_sentence) return true;
    const int reach = word.text.size() >= 7 ? 2 : 1;
    return std::ranges::any_of(world_.entities, [&](const Entity& entity) {
      return edit_distance(coined_word(entity), word.text) <= reach;
    });
  }

  std::string_view prompt_plain() const {
    if (prompt_plain_.empty()) prompt_plain_ = read(prompt_.text).plain;
    return prompt_plain_;
  }

  const World& world_;
  const DemoPrompt& prompt_;
  const Reading& reading_;
  const int asked_;
  mutable std::string prompt_plain_;
  std::set<int> named_;
  std::vector<int> other_values_;
  int right_sentence_ = -1;
  Claims claims_;
};

}  // namespace

Claims claims_of(const World& world, const DemoPrompt& prompt, const Reading& reading) {
  return Checker(world, prompt, reading).run();
}

}  // namespace preceptor::demo
