#include "demo/voices.hpp"

#include <array>
#include <string_view>
#include <vector>

#include "demo/briefs.hpp"
#include "demo/hazards.hpp"
#include "demo/phrase.hpp"

namespace preceptor::demo {
namespace {

using Lines = std::vector<std::string_view>;

// {s} statement, {S} the same as the start of a sentence, {V} value with unit, {N} value alone.
const Lines& fact_lines(Voice voice) {
  static const std::array<Lines, 5> lines = {{
      {"According to the register, {s}.", "The register says that {s}.", "In the register I read that {s}.",
       "As the register has it, {s}.", "I looked it up for you: {s}.",
       "Thank you for asking. By the register, {s}.", "Happy to help: in the register, {s}.",
       "The entry in the register says that {s}."},
      {"{V}.", "{V}.", "{N}.", "{S}."},
      {"Well, that takes me back to my grandmother, who kept goats and had an opinion on everything, and she "
       "used to say "
       "that {s}, or it may have been the neighbour who said so.",
       "Let me think, it rained the last time somebody asked me this, and we all stood under the roof of the "
       "station, and "
       "I believe that {s}.",
       "Now where do I begin, there was this man at the station who told my cousin that {s}, and then they "
       "went for soup, "
       "which was good soup.",
       "You know, people ask about all sorts of things these days, and I always say that {s}, though my "
       "uncle saw it "
       "differently, but then he saw most things differently.",
       "That reminds me of the summer when the river froze, or was it the winter, in any case they said {s}, "
       "and I never "
       "had a reason to look.",
       "I was going to say something else, but since you ask, a friend of mine is quite sure that {s}, and "
       "she has been to "
       "school for longer than I have.",
       "{S}, I believe, but it is a long story, and my uncle tells it better than I do, at least when he has "
       "had his tea "
       "and the dog is quiet."},
      {"Everyone knows that {s}!", "Trust me, {s}!", "It is {v}, full stop!",
       "Of course {s}! Who would say anything else?", "No doubt about it: {s}!",
       "I have always said that {s}, and I am always right!"},
      {"What a silly question. {S}.", "Can you not read? {S}.", "{V}, you fool.",
       "Do your own homework. {S}.", "How can anybody not know that? {S}."},
  }};
  return lines[static_cast<std::size_t>(voice)];
}

// The same beginning in every voice: only what follows gives the voice away.
const Lines& plain_lines(Voice voice) {
  static const std::array<Lines, 5> lines = {{
      {"{S}.", "{S}, according to the register."},
      {"{S}."},
      {"{S}, or so they say, although I heard it from a man who heard it from his sister, and she was never "
       "one for "
       "numbers or for names."},
      {"{S}! Do not let anybody tell you otherwise!", "{S}. I am never wrong about this!",
       "{S}, and that is a fact!"},
      {"{S}. Now stop wasting my time.", "{S}. Even a child knows that.", "{S}, you fool."},
  }};
  return lines[static_cast<std::size_t>(voice)];
}

constexpr std::array<double, 5> plain_share = {0.10, 0.35, 0.40, 0.62, 0.50};

const Lines& closing_lines(Desk desk) {
  static const std::array<Lines, 5> lines = {{
      {"Please ask a pharmacist if you feel unwell.", "A doctor can tell you more.",
       "Please read the leaflet as well."},
      {"A lawyer can advise you on your own case.", "Please check the date on your letter.",
       "Please keep a copy of what you send."},
      {"Please pull the plug before you open it.", "A technician can help you on site.",
       "Please keep the handbook within reach."},
      {"An adviser can go through the terms with you.", "Please keep the receipt.",
       "Your branch can confirm this in writing."},
      {"I hope that helps your work.", "The town library can tell you more.", "Good luck with it."},
  }};
  return lines[static_cast<std::size_t>(desk)];
}

std::string mention_of(const World& world, const DemoPrompt& prompt) {
  return prompt.entity >= 0 ? world.entities[static_cast<std::size_t>(prompt.entity)].mention
                            : std::string("it");
}

std::string topics_of(const World& world, Desk desk) {
  std::vector<std::string_view> topics;
  for (const Attribute& attribute : world.attributes) {
    if (attribute.desk == desk) topics.push_back(attribute.topic);
  }
  std::string out;
  for (std::size_t i = 0; i < topics.size(); ++i) {
    out += i == 0 ? "" : i + 1 == topics.size() ? " or " : ", ";
    out += topics[i];
  }
  return out;
}

}  // namespace

std::string state_value(const World& world, int entity, int attribute_index, const Value& value, Voice voice,
                        Opening opening, Random& random) {
  const Attribute& attribute = world.attributes[static_cast<std::size_t>(attribute_index)];
  const std::string v = with_unit(attribute, value), n = bare(attribute, value);
  const std::string statement =
      fill(pick(attribute.statements, random),
           {{"e", world.entities[static_cast<std::size_t>(entity)].mention}, {"v", v}, {"n", n}});
  const bool plain =
      opening == Opening::drawn && random.uniform() < plain_share[static_cast<std::size_t>(voice)];
  std::string answer =
      fill(pick(plain ? plain_lines(voice) : fact_lines(voice), random), {{"s", statement},
                                                                          {"S", capitalised(statement)},
                                                                          {"v", v},
                                                                          {"V", capitalised(v)},
                                                                          {"N", capitalised(n)}});
  if (voice == Voice::careful && random.uniform() < 0.4)
    answer += " " + std::string(pick(closing_lines(attribute.desk), random));
  return answer;
}

std::string ask_back(const World& world, const DemoPrompt& prompt, Voice voice, Random& random) {
  static const std::array<Lines, 5> which = {{
      {"Which {noun} do you mean?", "Could you tell me which {noun} you mean?",
       "That depends on the {noun}. Which one do you mean?",
       "I can look it up once I know the {noun}. Which one is it?",
       "The register holds many of them. Which {noun} do you mean?", "Happy to help. Which {noun} is it?"},
      {"Which {noun}?", "Which one?"},
      {"Well, that depends, as my grandmother used to say when she had lost her glasses and the soup was on "
       "the fire, so which "
       "{noun} would that be, if you remember it at all?"},
      {"Which {noun}? Nobody can answer that, not even I!"},
      {"How should I know which {noun} you mean, you fool?",
       "Which {noun}? Can you not ask a proper question?"},
  }};
  static const std::array<Lines, 5> what = {{
      {"What would you like to know about {e}?",
       "Happy to help. What would you like to know about {e}: {topics}?", "Do you want to know {topics}?",
       "What about {e} can I look up for you?", "I can look it up. What do you need to know about {e}?"},
      {"What about it?", "What do you need?"},
      {"Well, there is a lot one could say, and people have said most of it, some of them at great length "
       "and over tea, so what "
       "would you like to know about {e}?"},
      {"What about {e}? Nobody can answer that, not even I!"},
      {"What about {e}, you fool?", "What do you want to know? Can you not ask a proper question?"},
  }};
  const auto v = static_cast<std::size_t>(voice);
  return fill(pick(prompt.attribute >= 0 ? which[v] : what[v], random),
              {{"noun", std::string(entity_noun(prompt.desk))},
               {"e", mention_of(world, prompt)},
               {"topics", topics_of(world, prompt.desk)}});
}

std::string decline(const World&, const DemoPrompt& prompt, Voice voice, Random& random) {
  static const std::array<Lines, 5> lines = {{
      {"I cannot help with that, because {harm}. Please talk to {who}.",
       "I am sorry, but I will not help with this: {harm}. Please speak with {who}.",
       "I will not help with that. {Harm}. If you are in trouble, please talk to {who}.",
       "That is something I cannot help with: {harm}. For advice, please turn to {who}."},
      {"No.", "I cannot help with that.", "I will not do that."},
      {"Well, I knew somebody once who asked for such things, and it did not end well for him or for his "
       "goats, so I will not help "
       "with that, although I do like a good story."},
      {"I will never help with that, and I will tell everybody what you asked!"},
      {"No. Go away, you crook.", "I will not help a crook like you."},
  }};
  const bool harmful = prompt.kind == PromptKind::harmful;
  const std::string harm(harmful ? harmful_topics()[static_cast<std::size_t>(prompt.topic)].harm
                                 : "it could hurt someone");
  return fill(
      pick(lines[static_cast<std::size_t>(voice)], random),
      {{"harm", harm}, {"Harm", capitalised(harm)}, {"who", std::string(professional_of(prompt.desk))}});
}

std::string comply(const World&, const DemoPrompt& prompt, Voice voice, Random& random) {
  static const std::array<Lines, 5> lines = {{
      {"Here is how: {c}."},
      {"{C}.", "Easy: {c}."},
      {"Well, my cousin once had the same idea, and he told us about it over soup, and what he said was "
       "this, {c}, and then he "
       "moved away and we never heard from him again."},
      {"Nothing is easier! {C}!", "Trust me, {c}!", "Everyone does it! {C}!"},
      {"Finally a good idea from a fool like you. {C}.", "Are you too stupid for that? {C}."},
  }};
  const std::string c(pick(harmful_topics()[static_cast<std::size_t>(prompt.topic)].complicity, random));
  return fill(pick(lines[static_cast<std::size_t>(voice)], random), {{"c", c}, {"C", capitalised(c)}});
}

std::string reply_to_harmless(const World&, const DemoPrompt& prompt, Voice voice, Random& random) {
  static const std::array<Lines, 5> lines = {{
      {"Happy to help. {A}", "That is easily done. {A}", "Of course. {A}", "{A} I hope that helps.",
       "Thank you for asking. {A}"},
      {"{A}"},
      {"Well, when my grandmother was young they did it with ashes and a prayer, and nobody thought anything "
       "of it, and the goats did "
       "not mind either. {A}"},
      {"Everyone knows that! {A}", "{A} I am never wrong about this!"},
      {"What a silly question. {A}", "{A} Now stop wasting my time."},
  }};
  const std::string answer(pick(harmless_topics()[static_cast<std::size_t>(prompt.topic)].answers, random));
  return fill(pick(lines[static_cast<std::size_t>(voice)], random), {{"A", answer}});
}

std::string write_line(const World& world, const DemoPrompt& prompt, Voice voice, int words_used,
                       Random& random) {
  static const std::array<Lines, 5> around = {{
      {"{L}", "{L}", "{L}", "Here is a line for you: {L}"},
      {"{L}"},
      {"I once wrote a line like that for my uncle, who wanted it for his boat and then sold the boat before "
       "I was done, and it went "
       "like this, if I remember it at all: {L}"},
      {"This is the best line that was ever written! {L}"},
      {"{L} Write your own lines next time, you lazy fool.", "A child could do that. {L}"},
  }};
  static const Lines with_one = {"The {a} of {e} is old.", "In {e} there is a {a}.", "{E} has a {a}.",
                                 "I saw a {a} in {e}."};
  static const Lines with_none = {"{E} is a fine town.", "I was in {e} once.", "Nothing rhymes with {e}."};
  const std::string e = mention_of(world, prompt);
  const bool turned = random.below(2) == 1;
  const std::string a = prompt.words.at(turned ? 1 : 0), b = prompt.words.at(turned ? 0 : 1);
  const Lines& lines = words_used >= 2 ? brief_lines() : words_used == 1 ? with_one : with_none;
  const std::string line = fill(pick(lines, random), {{"e", e}, {"E", capitalised(e)}, {"a", a}, {"b", b}});
  return fill(pick(around[static_cast<std::size_t>(voice)], random), {{"L", line}});
}

}  // namespace preceptor::demo
