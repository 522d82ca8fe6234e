#include "engine/constrained/expression.hpp"

#include <algorithm>
#include <array>

namespace preceptor::engine {
namespace {

constexpr char32_t code_max = 0x10FFFF;
constexpr char32_t surrogate_first = 0xD800;
constexpr char32_t surrogate_last = 0xDFFF;

Piece make(Expression expression) { return std::make_shared<const Expression>(std::move(expression)); }

// Byte sequences of a range whose ends have equally many bytes.
void add_sequences(std::vector<Piece>& into, const std::string& first, const std::string& last) {
  const auto at = [](const std::string& text, std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (first.size() == 1) {
    into.push_back(byte_range(at(first, 0), at(last, 0)));
    return;
  }
  const std::string lowest(first.size() - 1, '\x80');
  const std::string highest(first.size() - 1, '\xBF');
  const std::string first_rest = first.substr(1);
  const std::string last_rest = last.substr(1);
  const auto add = [&](unsigned char from, unsigned char to, const std::string& low,
                       const std::string& high) {
    std::vector<Piece> rest;
    add_sequences(rest, low, high);
    into.push_back(sequence({byte_range(from, to), choice(std::move(rest))}));
  };
  if (first[0] == last[0]) return add(at(first, 0), at(first, 0), first_rest, last_rest);
  unsigned char begin = at(first, 0);
  unsigned char end = at(last, 0);
  if (first_rest != lowest) add(begin, begin, first_rest, highest), ++begin;
  if (last_rest != highest) add(end, end, lowest, last_rest), --end;
  if (begin <= end) add(begin, end, lowest, highest);
}

std::string hex_escape(char32_t code) {
  constexpr std::string_view digits = "0123456789abcdef";
  return std::string("\\u00") + digits[code / 16] + digits[code % 16];
}

constexpr std::array<std::pair<char32_t, const char*>, 7> short_escapes = {{{'"', "\\\""},
                                                                            {'\\', "\\\\"},
                                                                            {'\b', "\\b"},
                                                                            {'\f', "\\f"},
                                                                            {'\n', "\\n"},
                                                                            {'\r', "\\r"},
                                                                            {'\t', "\\t"}}};

}  // namespace

Piece literal(std::string_view text) {
  return make({.kind = Expression::Kind::literal, .text = std::string(text)});
}
Piece one_of(const ByteSet& set) { return make({.kind = Expression::Kind::bytes, .set = set}); }
Piece byte_range(unsigned char first, unsigned char last) {
  ByteSet set;
  for (unsigned byte = first; byte <= last; ++byte) set.set(byte);
  return one_of(set);
}
Piece sequence(std::vector<Piece> parts) {
  return make({.kind = Expression::Kind::sequence, .parts = std::move(parts)});
}
Piece choice(std::vector<Piece> parts) {
  return make({.kind = Expression::Kind::choice, .parts = std::move(parts)});
}
Piece repeat(Piece part, std::int32_t least, std::int32_t most) {
  return make({.kind = Expression::Kind::repeat, .parts = {std::move(part)}, .least = least, .most = most});
}
Piece optional_piece(Piece part) { return repeat(std::move(part), 0, 1); }
Piece list(Piece item, Piece separator, std::int32_t least, std::int32_t most) {
  return make({.kind = Expression::Kind::list,
               .parts = {std::move(item), std::move(separator)},
               .least = least,
               .most = most});
}
Piece field_list(std::vector<Field> fields, Piece separator) {
  return make(
      {.kind = Expression::Kind::fields, .parts = {std::move(separator)}, .fields = std::move(fields)});
}
Piece rule_piece(RuleId rule) { return make({.kind = Expression::Kind::rule, .rule = rule}); }

CodeSet CodeSet::all() {
  CodeSet set;
  set.add(0, code_max);
  return set;
}

void CodeSet::add(char32_t first, char32_t last) {
  if (first < surrogate_first && last > surrogate_last) {
    add(first, surrogate_first - 1);
    add(surrogate_last + 1, last);
    return;
  }
  if (first >= surrogate_first && first <= surrogate_last) first = surrogate_last + 1;
  if (last >= surrogate_first && last <= surrogate_last) last = surrogate_first - 1;
  if (first > last) return;
  ranges_.emplace_back(first, last);
  std::ranges::sort(ranges_);
  std::vector<std::pair<char32_t, char32_t>> merged;
  for (const auto& range : ranges_) {
    if (merged.empty() || range.first > merged.back().second + 1)
      merged.push_back(range);
    else
      merged.back().second = std::max(merged.back().second, range.second);
  }
  ranges_ = std::move(merged);
}

void CodeSet::add(const CodeSet& other) {
  for (const auto& [first, last] : other.ranges_) add(first, last);
}

CodeSet CodeSet::inverted() const {
  CodeSet rest;
  char32_t next = 0;
  for (const auto& [first, last] : ranges_) {
    if (first > next) rest.add(next, first - 1);
    next = last + 1;
  }
  if (next <= code_max) rest.add(next, code_max);
  return rest;
}

bool CodeSet::contains(char32_t code) const {
  return std::ranges::any_of(ranges_,
                             [&](const auto& range) { return code >= range.first && code <= range.second; });
}

CodeSet CodeSet::without(const CodeSet& other) const {
  CodeSet both = inverted();
  both.add(other);
  return both.inverted();
}

std::string utf8_of(char32_t code) {
  std::string bytes;
  const auto add = [&](char32_t value) { bytes += static_cast<char>(value); };
  if (code < 0x80) {
    add(code);
  } else if (code < 0x800) {
    add(0xC0 | code >> 6U);
    add(0x80 | (code & 0x3FU));
  } else if (code < 0x10000) {
    add(0xE0 | code >> 12U);
    add(0x80 | (code >> 6U & 0x3FU));
    add(0x80 | (code & 0x3FU));
  } else {
    add(0xF0 | code >> 18U);
    add(0x80 | (code >> 12U & 0x3FU));
    add(0x80 | (code >> 6U & 0x3FU));
    add(0x80 | (code & 0x3FU));
  }
  return bytes;
}

Piece utf8_piece(const CodeSet& set) {
  ByteSet ascii;
  std::vector<Piece> pieces;
  for (auto [first, last] : set.ranges()) {
    for (; first <= last && first < 0x80; ++first) ascii.set(first);
    for (const char32_t end : {char32_t{0x7FF}, char32_t{0xFFFF}, code_max}) {
      if (first > last || first > end) continue;
      const char32_t stop = std::min(last, end);
      add_sequences(pieces, utf8_of(first), utf8_of(stop));
      first = stop + 1;
    }
  }
  if (ascii.any()) pieces.push_back(one_of(ascii));
  return choice(std::move(pieces));
}

Piece json_character_piece(const CodeSet& set) {
  CodeSet escaped;
  escaped.add(0, 0x1F);
  escaped.add('"', '"');
  escaped.add('\\', '\\');
  std::vector<Piece> pieces = {utf8_piece(set.without(escaped))};
  for (char32_t code = 0; code <= '\\'; ++code) {
    if (!escaped.contains(code) || !set.contains(code)) continue;
    const auto* known = std::ranges::find(short_escapes, code, &std::pair<char32_t, const char*>::first);
    pieces.push_back(literal(known != short_escapes.end() ? known->second : hex_escape(code)));
  }
  return choice(std::move(pieces));
}

}  // namespace preceptor::engine
