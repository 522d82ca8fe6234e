#pragma once
// A model that says what a test wants, word by word.
#include <atomic>
#include <chrono>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "loop/completions.hpp"

namespace preceptor::server::tests {

class ScriptedModel final : public loop::CompletionModel {
public:
  std::vector<std::string> words = {"Water ", "boils", "."};
  std::chrono::milliseconds pause{0};  // before each word
  std::int64_t endless = 0;            // > 0: so many words instead
  // What the last request asked for.
  std::vector<loop::CompletionPrompt> prompts;
  std::int64_t samples = 0;
  loop::CompletionSettings settings;
  std::atomic<int> running{0};  // texts that were begun and not let go of

  std::int64_t context_length() const override { return 512; }

  Result<std::unique_ptr<loop::Completion>> start(const std::vector<loop::CompletionPrompt>& given,
                                                  std::int64_t count,
                                                  const loop::CompletionSettings& wanted) override {
    prompts = given;
    samples = count;
    settings = wanted;
    if (wanted.tokens_min == 404)
      return refuse(ErrorKind::too_large, "the prompt has 600 tokens", "Shorten it.");
    return std::make_unique<Words>(*this, given.size() * static_cast<std::size_t>(count));
  }

private:
  struct Words final : loop::Completion {
    Words(ScriptedModel& script, std::size_t count) : model(script), texts(count) { ++model.running; }
    ~Words() override { --model.running; }

    std::optional<loop::CompletionPiece> next(std::chrono::milliseconds) override {
      std::this_thread::sleep_for(model.pause);
      const std::size_t length =
          model.endless > 0 ? static_cast<std::size_t>(model.endless) : model.words.size();
      loop::CompletionPiece piece{.index = at % texts, .text = {}, .tokens = {}, .end = {}};
      const std::size_t word = at / texts;
      if (word == length) {
        piece.end = loop::CompletionEnd{.finish = "stop",
                                        .tokens = static_cast<std::int64_t>(length),
                                        .prompt_tokens = 11,
                                        .prompt_tokens_reused = 4};
        ended_count += 1;
      } else {
        piece.text = model.words[word % model.words.size()];
        if (model.settings.logprobs) {
          piece.tokens.push_back({.id = 5, .bytes = piece.text, .logprob = -0.5, .top = {}});
          for (std::int64_t i = 0; i < model.settings.top_logprobs; ++i)
            piece.tokens.back().top.push_back(
                {std::string(1, static_cast<char>('a' + i)), -1.0 - static_cast<double>(i)});
        }
      }
      ++at;
      return piece;
    }
    bool ended() const override { return ended_count == texts; }

    ScriptedModel& model;
    std::size_t texts;
    std::size_t at = 0;
    std::size_t ended_count = 0;
  };
};

}  // namespace preceptor::server::tests
