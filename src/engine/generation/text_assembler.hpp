#pragma once

#include <string>
#include <vector>

#include "engine/generation/stop_text.hpp"
#include "engine/generation/token_picker.hpp"
#include "text/tokenizer.hpp"

namespace preceptor::engine {

// Text out of tokens as they come: whole characters, cut at the first stop string, possible beginnings of one
// held back. Special tokens are not shown. Borrows the tokenizer.
class TextAssembler {
public:
  // Stop strings count from the token tokens_min on.
  TextAssembler(const text::Tokenizer& tokenizer, std::vector<std::string> stops, std::int32_t tokens_min = 0)
      : decoder_(tokenizer), stop_(std::move(stops)), tokens_min_(tokens_min) {}

  // What can be shown now. After a stop string: nothing.
  std::string push(TokenId id);
  // The text has ended: what was held back.
  std::string finish();

  bool stopped() const { return stop_.stopped(); }
  const std::string& stop() const { return stop_.stop(); }  // only when stopped
  const std::string& text() const { return text_; }         // all that was shown

private:
  std::string show(std::string piece);

  text::StreamDecoder decoder_;
  StopText stop_;
  std::int32_t tokens_min_;
  std::int32_t tokens_ = 0;
  std::string text_;
};

}  // namespace preceptor::engine
