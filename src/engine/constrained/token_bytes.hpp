#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "text/tokenizer.hpp"

namespace preceptor::engine {

// The bytes that each token writes into a text.
struct TokenBytes {
  std::vector<std::string> bytes;  // by id; empty for special tokens and ids without a token
  // The decoder takes one space off the beginning of a text.
  bool first_space_dropped = false;
};

// Read from the tokenizer's vocabulary and decoder: byte-level (GPT-2) or SentencePiece-like with byte
// tokens. Refuses others with unsupported.
Result<TokenBytes> token_bytes(const text::Tokenizer& tokenizer);

}  // namespace preceptor::engine
