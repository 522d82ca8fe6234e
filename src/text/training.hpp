#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "text/tokenizer.hpp"

namespace preceptor::text {

struct BpeOptions {
  std::int32_t vocabulary_size = 2048;      // upper bound; a small corpus may yield fewer
  std::vector<std::string> special_tokens;  // get the ids 0, 1, 2, … in this order
  bool number_tokens_0_99 = false;          // see below
  std::int32_t pair_count_min = 2;          // rarer pairs are never merged
};

// A byte-level BPE: any text can be written, no unknown token. The ids are: special tokens, the 256 bytes,
// the numbers 10 … 99 if asked for, then the learned merges. The same texts, in whatever order, give the same
// tokenizer.
//
// number_tokens_0_99: ASCII digits are cut from the left into groups of two, apart from the letters and
// spaces around them, and each of 0 … 99 (no leading zero) is one token wherever it stands: "150" is 15, 0.
//
// Refuses with invalid: texts or tokens that are not UTF-8, empty or repeated special tokens, a vocabulary
// too small for the bytes and the special tokens.
Result<Tokenizer> train_bpe(std::span<const std::string> texts, const BpeOptions& options);

}  // namespace preceptor::text
