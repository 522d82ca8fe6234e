#include "driver/mutation.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace preceptor::fuzz {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::array words = {"["sv,
                              "]"sv,
                              "{"sv,
                              "}"sv,
                              "\""sv,
                              ","sv,
                              ":"sv,
                              "null"sv,
                              "true"sv,
                              "{}"sv,
                              "[]"sv,
                              "\"\""sv,
                              "0"sv,
                              "-1"sv,
                              "1e999"sv,
                              "-0.0"sv,
                              "2147483648"sv,
                              "-9223372036854775808"sv,
                              "9223372036854775807"sv,
                              "18446744073709551615"sv,
                              "\\u0000"sv,
                              "\\ud800"sv,
                              "\\\""sv,
                              "\n"sv,
                              "\r\n"sv,
                              "\r\n\r\n"sv,
                              "\0"sv,
                              "\xff"sv,
                              "\xed\xa0\x80"sv,
                              "\xf0\x9f\x98\x80"sv,
                              "\xef\xbb\xbf"sv,
                              "%"sv,
                              "%00"sv,
                              "?"sv,
                              "&"sv,
                              "="sv,
                              "/"sv,
                              "../"sv,
                              "{{"sv,
                              "}}"sv,
                              "{%"sv,
                              "%}"sv,
                              "(?:a*)*"sv,
                              "NaN"sv,
                              "Infinity"sv,
                              " "sv};

constexpr std::array<std::uint64_t, 12> numbers = {
    0, 1, 0x7f, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 1 << 16, 1 << 24, ~0ULL >> 1, ~0ULL};

}  // namespace

const std::string& Mutator::next() {
  input_ = seeds_[below(seeds_.size())];
  for (std::size_t changes = 1 + below(below(8) + 1); changes > 0; --changes) change();
  if (input_.size() > input_bytes_max) input_.resize(input_bytes_max);
  return input_;
}

void Mutator::change() {
  switch (below(12)) {
    case 0:
    case 1:
    case 2: return change_byte();
    case 3:
    case 4:
    case 5: return put_word();
    case 6: return put_number();
    case 7:
    case 8: return remove_piece();
    case 9: return repeat_piece();
    case 10: return mix();
    default: input_.resize(place());
  }
}

void Mutator::change_byte() {
  if (input_.empty()) return;
  char& byte = input_[below(input_.size())];
  switch (below(3)) {
    case 0: byte = static_cast<char>(byte ^ (1 << below(8))); break;
    case 1: byte = static_cast<char>(byte + (below(2) == 0 ? 1 : -1)); break;
    default: byte = static_cast<char>(random_());
  }
}

void Mutator::put_word() {
  const std::string_view word = words[below(words.size())];
  const std::size_t at = place();
  const std::size_t replaced = below(2) == 0 ? 0 : std::min(word.size(), input_.size() - at);
  input_.replace(at, replaced, word);
}

void Mutator::put_number() {
  const std::uint64_t number = numbers[below(numbers.size())];
  const std::size_t width = std::size_t{1} << below(4);
  if (input_.size() < width) return;
  std::memcpy(input_.data() + below(input_.size() - width + 1), &number, width);  // little-endian
}

void Mutator::remove_piece() {
  const std::size_t at = place();
  input_.erase(at, 1 + below(below(2) == 0 ? 4 : input_.size() - at));
}

// Twice, or so often that recursion would show.
void Mutator::repeat_piece() {
  const std::size_t from = place();
  const std::string piece = input_.substr(from, 1 + below(below(2) == 0 ? 3 : 40));
  const std::size_t times = below(4) == 0 ? 1 + below(20'000) : 1 + below(3);
  std::string repeated;
  while (repeated.size() < piece.size() * times && repeated.size() < input_bytes_max) repeated += piece;
  input_.insert(from, repeated);
}

void Mutator::mix() {
  const std::string& other = seeds_[below(seeds_.size())];
  const std::size_t from = below(other.size() + 1);
  const std::size_t at = place();
  if (below(2) == 0) input_.resize(at);
  input_.insert(at, other, from, below(other.size() - from + 1));
}

}  // namespace preceptor::fuzz
