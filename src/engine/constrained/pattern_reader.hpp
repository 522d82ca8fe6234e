#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace preceptor::engine {

// Thrown while a regular expression is read; parse_regular_expression turns it into a refusal.
struct PatternRefused {
  Error error;
};

// A place in the text of a regular expression, which must be UTF-8.
class PatternReader {
public:
  explicit PatternReader(std::string_view pattern) : pattern_(pattern) {}

  bool ends() const { return at_ >= pattern_.size(); }
  std::size_t left() const { return pattern_.size() - at_; }
  // The byte there, or one further on; 0 beyond the end.
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < pattern_.size() ? pattern_[at_ + ahead] : '\0';
  }
  // Whether the wanted byte stood there: then it is taken.
  bool take(char wanted);
  char take_byte() { return pattern_[at_++]; }
  char32_t take_code();

  // Says where it is.
  [[noreturn]] void refuse_here(ErrorKind kind, const std::string& message) const;

private:
  std::string_view pattern_;
  std::size_t at_ = 0;
};

}  // namespace preceptor::engine
