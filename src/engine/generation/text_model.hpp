#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/formats/opened_model.hpp"
#include "engine/generation/request.hpp"
#include "text/chat_template.hpp"

namespace preceptor::engine {

struct TextRequest {
  GenerationRequest generation;
  std::vector<std::string> stops = {};  // the text ends before the first of them
};

struct TextPiece {
  std::string text;
  std::vector<PickedToken> tokens;  // those that came since the last piece, whether shown yet or not
};

struct TextResult {
  std::string text;
  GenerationResult generation;      // its tokens may go beyond the text, into a stop string
  std::optional<std::string> stop;  // the stop string that ended the text
  std::size_t prompt_tokens = 0;
};

// A piece of one text, or its end.
struct TextEvent {
  std::size_t index = 0;  // of the request
  TextPiece piece;
  std::optional<TextResult> end;
};

// Texts that are being written; what comes waits here until it is asked for. What still runs when it is
// destroyed is cancelled. For one thread. Borrows the model.
class TextStream {
public:
  virtual ~TextStream() = default;
  // What came next, waiting for it at most so long. Nothing when nothing came, or when all have ended.
  virtual std::optional<TextEvent> next(std::chrono::milliseconds wait_max) = 0;
  virtual bool ended() const = 0;  // and every event was taken
  virtual void cancel() = 0;       // what runs ends as cancelled, which next() tells
};

// A loaded language model that writes texts, all that are asked for in one batch. Thread-safe.
class TextModel {
public:
  // Packs the weights straight from the files while the tokenizer is read; blocks of integers stay as they
  // are.
  static Result<std::unique_ptr<TextModel>> open(const std::filesystem::path& folder,
                                                 GeneratorOptions options);
  // Throws Failure(unsupported) for a model without a language head.
  TextModel(LoadedModel model, GeneratorOptions options);
  ~TextModel();
  TextModel(const TextModel&) = delete;
  TextModel& operator=(const TextModel&) = delete;

  const ModelText& model() const;

  // The ids of a conversation, up to where the model takes over. Refuses with unsupported without a template.
  Result<std::vector<TokenId>> prompt_of(std::span<const text::Message> messages) const;
  // The ids of a text with what the tokenizer puts in front of it. Refuses text that is not UTF-8.
  Result<std::vector<TokenId>> prompt_of(std::string_view text) const;
  // The model's own settings for sampling, its stop ids among them.
  SamplingOptions default_sampling() const;

  // Refuses what check() and check_stop_strings() refuse of any of them, `where` being "request N", and with
  // rate_limited when too many wait already. Nothing is begun then.
  Result<std::unique_ptr<TextStream>> start(std::vector<TextRequest> requests);

  // Starts them and waits for all. When stop is asked for, what is there is returned as cancelled. Refuses as
  // start() does, and with what made a text fail.
  Result<std::vector<TextResult>> write(std::vector<TextRequest> requests, std::stop_token stop = {});

private:
  struct Body;
  explicit TextModel(std::unique_ptr<Body> body);
  std::unique_ptr<Body> body_;
};

}  // namespace preceptor::engine
