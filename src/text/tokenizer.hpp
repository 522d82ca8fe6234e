#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

// Handles of the Rust library, see text/rust/preceptor_text.h.
struct pt_tokenizer;

namespace preceptor::text {

using TokenId = std::int32_t;

// Bytes of the text that a token stands for. Tokens that share one character (its UTF-8 bytes, or a space
// that a SentencePiece-like tokenizer put in front) have overlapping spans, always whole characters. A token
// that the tokenizer adds around the text (BOS, EOS) has an empty span.
struct TokenSpan {
  std::size_t text_begin = 0, text_end = 0;
  bool operator==(const TokenSpan&) const = default;
};

struct Encoding {
  std::vector<TokenId> ids;
  std::vector<TokenSpan> spans;  // one per id
};

enum class SpecialTokens { none, add };  // what the tokenizer puts around a text: usually BOS, EOS
enum class Specials { keep, skip };      // special tokens in decoded text

// A Hugging Face tokenizer.json. Padding, truncation and BPE dropout of the file are ignored: the same text
// gives the same ids always. Safe to use from many threads.
class Tokenizer {
public:
  // Refuses (invalid, corrupt, too_large, not_found) whatever the file says that cannot be relied upon: bad
  // UTF-8, broken or deep JSON, merges, added tokens or templates that name ids outside the vocabulary.
  static Result<Tokenizer> from_file(const std::filesystem::path& tokenizer_json);
  static Result<Tokenizer> from_json(std::string_view json);

  // As Hugging Face does: "<|im_end|>" in the text is the control token. Throws Failure when the text is not
  // UTF-8 or the model has no way to write it.
  Encoding encode(std::string_view text, SpecialTokens add) const;
  // For what people wrote: "<|im_end|>" is ten characters. Adds no special tokens. Throws likewise.
  Encoding encode_plain(std::string_view text) const;
  // Ids outside the vocabulary count as nothing. Bytes that are not UTF-8 become U+FFFD.
  std::string decode(std::span<const TokenId> ids, Specials specials) const;

  std::int32_t vocabulary_size() const;  // largest id + 1
  std::optional<TokenId> id_of(std::string_view token) const;
  std::string token_of(TokenId id) const;  // as the vocabulary spells it; empty when there is none
  bool is_special(TokenId id) const;
  std::string to_json() const;

  const pt_tokenizer& handle() const { return *handle_; }

private:
  struct Release {
    void operator()(pt_tokenizer* handle) const;
  };
  explicit Tokenizer(pt_tokenizer* handle) : handle_(handle) {}
  std::unique_ptr<pt_tokenizer, Release> handle_;
};

// Text of a token stream as it grows. push() returns what can be shown now and holds back a character whose
// last bytes are still to come; finish() returns the rest. Special tokens are skipped. Put together it is
// decode(ids, Specials::skip) of all ids, as long as that is valid UTF-8. Borrows the tokenizer.
class StreamDecoder {
public:
  explicit StreamDecoder(const Tokenizer& tokenizer) : tokenizer_(&tokenizer) {}
  std::string push(TokenId id);
  std::string finish();

private:
  const Tokenizer* tokenizer_;
  std::vector<TokenId> window_;  // the last ids shown, kept for context, then those not yet shown
  std::size_t shown_ = 0;        // how many of the window have been shown
};

}  // namespace preceptor::text
