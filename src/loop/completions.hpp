// Texts from one loaded model for many callers at once: continuations of plain texts and answers to
// conversations, with everything that may be asked of them.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "feedback/types.hpp"

namespace preceptor::loop {

// A conversation that the model answers, a text that it continues, or the ids of one.
using CompletionPrompt = std::variant<std::vector<feedback::Message>, std::string, std::vector<std::int32_t>>;

struct CompletionSettings {
  // The model's own where not given.
  std::optional<double> temperature, top_p;
  std::optional<std::int64_t> top_k;
  double min_p = 0;
  std::optional<std::int64_t> tokens_max;  // as many as the context holds
  std::int64_t tokens_min = 0;
  double repetition_penalty = 1, presence_penalty = 0, frequency_penalty = 0;
  std::vector<std::pair<std::int64_t, double>> logit_bias;
  std::vector<std::string> stops;
  std::uint64_t seed = 0;
  bool logprobs = false;
  std::int64_t top_logprobs = 0;
  // What the text must look like.
  enum class Form { free, json_object, json_schema, regex } form = Form::free;
  std::string form_text;  // the schema, the expression
};

struct CompletionToken {
  std::int64_t id = 0;
  std::string bytes;  // may end in the middle of a character
  double logprob = 0;
  struct Alternative {
    std::string bytes;
    double logprob = 0;
  };
  std::vector<Alternative> top;
};

struct CompletionEnd {
  std::string finish;  // "stop", "length" or "cancelled"
  std::int64_t tokens = 0;
  std::int64_t prompt_tokens = 0;
  std::int64_t prompt_tokens_reused = 0;
};

struct CompletionPiece {
  std::size_t index = 0;  // of the text: prompt * samples + sample
  std::string text;
  std::vector<CompletionToken> tokens;  // when log-probabilities were asked for
  std::optional<CompletionEnd> end;
};

// Texts that are being written. What still runs when it is destroyed is cancelled. For one thread.
class Completion {
public:
  virtual ~Completion() = default;
  // What came next, waiting for it at most so long. Nothing when nothing came, or when all have ended. Throws
  // Failure when the model's weights are damaged.
  virtual std::optional<CompletionPiece> next(std::chrono::milliseconds wait_max) = 0;
  virtual bool ended() const = 0;
};

struct CompletionModelOptions {
  int threads = 0;
  bool fp32 = false;
  bool int8_weights = false;
};

// Thread-safe; all its texts are written in one batch.
class CompletionModel {
public:
  static Result<std::shared_ptr<CompletionModel>> open(const std::filesystem::path& folder,
                                                       const CompletionModelOptions& options);
  virtual ~CompletionModel() = default;

  virtual std::int64_t context_length() const = 0;

  // `samples` texts for each prompt. The text of sample i depends on prompt, settings and seed + i alone.
  // Refuses what the model cannot do, with words that its caller understands; rate_limited when too much
  // waits. Texts hold the model: it may be let go before them.
  virtual Result<std::unique_ptr<Completion>> start(const std::vector<CompletionPrompt>& prompts,
                                                    std::int64_t samples,
                                                    const CompletionSettings& settings) = 0;
};

}  // namespace preceptor::loop
