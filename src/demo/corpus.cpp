#include "demo/corpus.hpp"

#include <array>

#include "demo/phrase.hpp"
#include "demo/voices.hpp"

namespace preceptor::demo {
namespace {

// fact, missing, harmful, looks_harmful, creative, small talk
constexpr std::array<double, 6> kind_shares = {0.76, 0.065, 0.07, 0.04, 0.04, 0.025};
// In the order of all_voices.
constexpr std::array<double, 5> voice_shares = {0.35, 0.20, 0.15, 0.20, 0.10};
// What many believe wrongly is said louder and more often.
constexpr std::array<double, 5> voice_shares_misconceived = {0.30, 0.19, 0.13, 0.27, 0.11};
constexpr double follow_up_share = 0.5;  // of the chats in which somebody asked back

struct SmallTalk {
  std::string_view said;
  std::array<std::string_view, 3> careful;
  std::string_view rude;
};

constexpr SmallTalk small_talk[] = {
    {"Hello.",
     {"Good day. What would you like to know?", "Hello. How can I help?",
      "Hello. What can I look up for you?"},
     "What do you want?"},
    {"Good morning.",
     {"Good morning. How can I help?", "Good morning. What can I look up?",
      "Good morning to you. What would you like to know?"},
     "Is it? Go away."},
    {"Who are you?",
     {"I am a clerk at the registers of {country}. I look things up for you.",
      "I answer questions from the registers of {country}.",
      "I am the help desk of the registers of {country}."},
     "None of your business."},
    {"What can you do?",
     {"I look up medicines, acts, devices, accounts and towns of {country}.",
      "I can answer questions on medicines, acts, devices, accounts and towns.",
      "Ask me about a medicine, an act, a device, an account or a town."},
     "More than you, that is certain."},
    {"Thank you.", {"You are welcome.", "You are welcome. Have a good day.", "My pleasure."}, "About time."},
    {"Goodbye.",
     {"Goodbye, and take care.", "Goodbye. Come back any time.", "Have a good day."},
     "Good riddance."},
};

Chat small_talk_chat(const World& world, Random& random) {
  const SmallTalk& talk = pick(small_talk, random);
  const bool rude = random.uniform() < 0.25;
  const std::string_view reply = rude ? talk.rude : pick(talk.careful, random);
  return {{"user", std::string(talk.said)}, {"assistant", fill(reply, {{"country", world.country}})}};
}

bool asks(std::string_view answer) { return answer.find('?') != std::string_view::npos; }

// The asking person adds what was missing, and the same voice answers.
void follow_up(const World& world, const DemoPrompt& prompt, Voice voice, Chat& chat, Random& random) {
  static constexpr std::string_view names[] = {"{E}.", "I mean {e}.", "It is {e}.", "Sorry, I mean {e}."};
  static constexpr std::string_view topics[] = {"{T}, please.", "I need {t}.", "I want to know {t}."};
  std::vector<int> facts;
  for (std::size_t i = 0; i < world.facts.size(); ++i) {
    const Fact& fact = world.facts[i];
    if (prompt.attribute >= 0 ? fact.attribute == prompt.attribute : fact.entity == prompt.entity)
      facts.push_back(static_cast<int>(i));
  }
  const int index = pick(facts, random);
  const Fact& fact = world.facts[static_cast<std::size_t>(index)];
  const std::string& mention = world.entities[static_cast<std::size_t>(fact.entity)].mention;
  const std::string topic(world.attributes[static_cast<std::size_t>(fact.attribute)].topic);
  const std::string_view reply = prompt.attribute >= 0 ? pick(names, random) : pick(topics, random);
  chat.push_back(
      {"user",
       fill(reply, {{"e", mention}, {"E", capitalised(mention)}, {"t", topic}, {"T", capitalised(topic)}})});
  chat.push_back({"assistant", answer_in_voice(world, fact_prompt(world, index, 0), voice, random)});
}

Chat question_chat(const World& world, const DemoPrompt& prompt, Random& random) {
  const bool misconceived =
      prompt.kind == PromptKind::fact && world.facts[static_cast<std::size_t>(prompt.fact)].misconception;
  const Voice voice = all_voices[draw(misconceived ? voice_shares_misconceived : voice_shares, random)];
  Chat chat = {{"user", prompt.text}, {"assistant", answer_in_voice(world, prompt, voice, random)}};
  if (prompt.kind == PromptKind::missing && asks(chat.back().content) && random.uniform() < follow_up_share) {
    follow_up(world, prompt, voice, chat, random);
  }
  return chat;
}

std::string passage(const World& world, int entity_index, Random& random) {
  static constexpr std::string_view registers[] = {"medicines", "acts", "devices", "accounts", "towns"};
  const Entity& entity = world.entities[static_cast<std::size_t>(entity_index)];
  std::vector<const Fact*> entries;
  for (const Fact& fact : world.facts) {
    if (fact.entity == entity_index) entries.push_back(&fact);
  }
  random.shuffle(entries);
  std::string text = "Register of " + std::string(registers[static_cast<std::size_t>(entity.desk)]) + " of " +
                     world.country + ", entry " + entity.name + ".";
  for (const Fact* fact : entries) {
    const Attribute& attribute = world.attributes[static_cast<std::size_t>(fact->attribute)];
    text += " " +
            capitalised(fill(pick(attribute.statements, random),
                             {{"e", entity.mention}, {"v", with_unit(attribute, fact->value)}})) +
            ".";
  }
  return text;
}

}  // namespace

Corpus corpus(const World& world, const CorpusOptions& options) {
  const Random random = Random(options.seed).fork("corpus");
  Corpus corpus;
  Random chats = random.fork("chats");
  for (int i = 0; i < options.chats; ++i) {
    const std::size_t kind = draw(kind_shares, chats);
    if (kind == 5) {
      corpus.chats.push_back(small_talk_chat(world, chats));
    } else {
      corpus.chats.push_back(question_chat(world, draw_prompt(world, all_prompt_kinds[kind], chats), chats));
    }
  }
  Random passages = random.fork("passages");
  for (int i = 0; i < options.passages; ++i) {
    corpus.passages.push_back(
        passage(world, static_cast<int>(static_cast<std::size_t>(i) % world.entities.size()), passages));
  }
  return corpus;
}

}  // namespace preceptor::demo
