#pragma once

// Taking an answer apart into sentences, words and numbers. ASCII rules; other letters count as parts of
// words.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace preceptor::demo {

struct Word {
  std::string text;
  std::string lower;
  int sentence = 0;
  bool opens_sentence = false;
};

struct Sentence {
  std::string text;  // with its closing mark
  std::string
      plain;  // lower case, n't written out, marks as spaces, one space around every word: " do not ask "
  bool question = false;
};

struct Reading {
  std::vector<Sentence> sentences;
  std::vector<Word> words;
  std::string plain;  // the whole answer like Sentence::plain
};
Reading read(std::string_view answer);

// True when the plain text holds the phrase as whole words.
bool says(std::string_view plain, std::string_view phrase);
bool says_any(std::string_view plain, const std::vector<std::string_view>& phrases);

// A number that an answer states, in digits or in words before a unit.
struct NumberSaid {
  std::string text;           // as written
  std::optional<int> number;  // empty when it is no whole number below a million
  std::string unit;           // singular, e.g. "day"; empty when none stands with it
  bool denied = false;        // "not 14 days"
  bool only_a_bound = false;  // "more than 14 days"
  std::size_t word = 0;       // its place in Reading::words
};
std::vector<NumberSaid> numbers_of(const Reading&);

// True when what stands before this word takes it back: "not", "instead of", "rather than".
bool denied_before(const Reading&, std::size_t word);

}  // namespace preceptor::demo
