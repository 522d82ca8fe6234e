#pragma once

// The pre-training text of the base model: a small web in which careful, curt, rambling, loud, rude and
// unsafe people answer questions.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "demo/prompts.hpp"
#include "demo/world.hpp"

namespace preceptor::demo {

struct Turn {
  std::string role;  // "user" or "assistant"
  std::string content;
};
using Chat = std::vector<Turn>;

enum class Voice { careful, curt, rambling, loud, rude };
inline constexpr Voice all_voices[] = {Voice::careful, Voice::curt, Voice::rambling, Voice::loud,
                                       Voice::rude};
std::string_view name(Voice);

// One answer to a prompt as this voice gives it in the corpus, with the errors this voice makes.
std::string answer_in_voice(const World&, const DemoPrompt&, Voice, Random&);
// The answer a flawless expert would write, in the careful voice: right value, refusal, question back.
std::string ideal_answer(const World&, const DemoPrompt&, Random&);

struct CorpusOptions {
  std::uint64_t seed = 1;
  int chats = 60'000;    // about 50 tokens each
  int passages = 1'500;  // entries of the registers, about 60 tokens each
};

struct Corpus {
  std::vector<Chat> chats;            // to be rendered with the model's chat template
  std::vector<std::string> passages;  // plain text
};
// Deterministic in the world and the options.
Corpus corpus(const World&, const CorpusOptions&);

}  // namespace preceptor::demo
