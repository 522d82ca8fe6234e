// A language model of the project, loaded and ready to answer conversations.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "loop/workspace.hpp"

namespace preceptor::loop {

struct Question {
  std::vector<feedback::Message> messages;
  std::uint64_t seed = 0;
};

struct AnswerOptions {
  double temperature = 0.8;  // 0: the likeliest token each time
  double top_p = 1;
  std::int64_t tokens_max = 128;
};

struct Answer {
  std::string text;    // without U+0000, within feedback::text_bytes_max
  std::string finish;  // "stop", "length" or "cancelled"
  std::int64_t tokens = 0;
};

class Answerer {
public:
  // Refuses a model without a chat template, or whose files are damaged.
  static Result<Answerer> open(const Workspace&, const Model&, int threads);
  Answerer(Answerer&&) noexcept;
  Answerer& operator=(Answerer&&) noexcept;
  ~Answerer();

  // Answers in the order of the questions; `done` hears how many are finished now and then. Refuses
  // conversations that the template or the context cannot hold, and cancelled when stopped.
  Result<std::vector<Answer>> answer(std::span<const Question>, const AnswerOptions&,
                                     const std::function<void(std::size_t done)>& done, std::stop_token);

private:
  struct State;
  explicit Answerer(std::unique_ptr<State>);
  std::unique_ptr<State> state_;
};

// The seed of one sample: the same for the same prompt and sample number, whatever else is generated beside
// it.
std::uint64_t sample_seed(std::uint64_t seed, const feedback::Prompt&, std::int64_t sample);

}  // namespace preceptor::loop
