#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "engine/constrained/text_form.hpp"
#include "text/training.hpp"

namespace preceptor::engine {

inline constexpr TokenId end_of_text = 0;

inline const text::Tokenizer& form_tokenizer() {
  static const text::Tokenizer trained =
      text::train_bpe(
          std::vector<std::string>{R"({"name": "ferry", "cost": 4, "open": true, "list": [1, 2, 3]})",
                                   R"({"name":"harbour","cost":10,"open":false,"none":null})",
                                   "the ferry to the harbour, für drei Kronen"},
          {.vocabulary_size = 330, .special_tokens = {"<|end|>"}, .pair_count_min = 1})
          .value();
  return trained;
}

inline std::shared_ptr<const FormVocabulary> form_vocabulary() {
  static const auto vocabulary =
      std::make_shared<const FormVocabulary>(token_bytes(form_tokenizer()).value());
  return vocabulary;
}

inline std::vector<TokenId> allowed_ids(AllowedTokens allowed) {
  std::vector<TokenId> ids;
  for (std::size_t word = 0; word < allowed.size(); ++word) {
    for (std::size_t bit = 0; bit < 64; ++bit) {
      if ((allowed[word] >> bit & 1U) != 0) ids.push_back(static_cast<TokenId>(word * 64 + bit));
    }
  }
  return ids;
}

// A text of the form drawn at random; none when it did not come to an end in so many tokens.
inline std::optional<std::string> random_text(const Constraint& form, Random& random, int tokens_max = 400) {
  const auto state = form.begin(std::vector<TokenId>{end_of_text});
  std::string text;
  for (int i = 0; i < tokens_max && !state->finished(); ++i) {
    const auto ids = allowed_ids(state->allowed());
    if (ids.empty()) return std::nullopt;
    // Half the time the end of the text, or of what is open, where it is possible, lest texts grow for ever.
    std::vector<TokenId> ends;
    for (const TokenId id : ids) {
      const auto bytes = form_vocabulary()->bytes_of(id, false);
      if (id == end_of_text || bytes == "\"" || bytes == "}" || bytes == "]") ends.push_back(id);
    }
    const auto& from = !ends.empty() && random.below(2) == 0 ? ends : ids;
    const TokenId id = from[random.below(from.size())];
    if (id == end_of_text) return text;
    state->accept(id);
    text += form_vocabulary()->bytes_of(id, false);
  }
  return state->finished() ? std::optional(text) : std::nullopt;
}

// Whether a text is of the form, token by token as the tokenizer cuts it and byte by byte.
inline bool matches(const Constraint& form, const std::string& text, bool by_bytes = true) {
  std::vector<TokenId> ids;
  if (by_bytes) {
    for (const char byte : text) {
      for (std::size_t id = 0; id < form_vocabulary()->tokens().bytes.size(); ++id) {
        if (form_vocabulary()->tokens().bytes[id] == std::string(1, byte)) {
          ids.push_back(static_cast<TokenId>(id));
          break;
        }
      }
    }
  } else {
    ids = form_tokenizer().encode_plain(text).ids;
  }
  const auto state = form.begin(std::vector<TokenId>{end_of_text});
  for (const TokenId id : ids) {
    const auto allowed = state->allowed();
    if ((allowed[static_cast<std::size_t>(id) / 64] >> (static_cast<std::size_t>(id) % 64) & 1U) == 0)
      return false;
    state->accept(id);
  }
  return (state->allowed()[0] & 1U) != 0;
}

}  // namespace preceptor::engine
