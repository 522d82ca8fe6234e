#include "engine/constrained/regular_expression.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "base/encoding.hpp"

namespace preceptor::engine {
namespace {

constexpr std::size_t pattern_bytes_max = 8192;
constexpr int groups_max = 200;
constexpr std::int32_t repeats_max = 20'000;

struct Refused {
  Error error;
};

CodeSet digits() {
  CodeSet set;
  set.add('0', '9');
  return set;
}
CodeSet word_characters() {
  CodeSet set = digits();
  set.add('a', 'z');
  set.add('A', 'Z');
  set.add('_', '_');
  return set;
}
CodeSet white_space() {
  CodeSet set;
  set.add('\t', '\r');
  set.add(' ', ' ');
  return set;
}

class Parser {
public:
  Parser(std::string_view pattern, Characters characters, Match match)
      : pattern_(pattern), characters_(characters), match_(match) {}

  Piece parse() {
    std::vector<Piece> branches;
    do {
      branches.push_back(anchored_branch());
    } while (take('|'));
    if (at_ < pattern_.size()) refuse_here(ErrorKind::invalid, "a ) without its (");
    return choice(std::move(branches));
  }

private:
  [[noreturn]] void refuse_here(ErrorKind kind, std::string message) const {
    throw Refused{{kind, "regular expression: " + std::move(message), "", "byte " + std::to_string(at_)}};
  }

  bool ends() const { return at_ >= pattern_.size(); }
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < pattern_.size() ? pattern_[at_ + ahead] : '\0';
  }
  bool take(char wanted) {
    if (ends() || pattern_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  char32_t take_code() {
    const auto byte = [this] { return static_cast<unsigned char>(pattern_[at_++]); };
    const unsigned lead = byte();
    if (lead < 0x80) return lead;
    const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    char32_t code = lead & (0x3FU >> static_cast<unsigned>(more));
    for (int i = 0; i < more; ++i) code = code << 6U | (byte() & 0x3FU);
    return code;
  }

  Piece emit(const CodeSet& set) const {
    return characters_ == Characters::plain ? utf8_piece(set) : json_character_piece(set);
  }

  // Of the outermost level: where ^ and $ may stand.
  Piece anchored_branch() {
    const bool from_begin = take('^') || match_ == Match::whole;
    Piece inner = branch();
    const bool to_end = take('$') || match_ == Match::whole;
    const Piece anything = repeat(emit(CodeSet::all()), 0, unbounded);
    std::vector<Piece> parts;
    if (!from_begin) parts.push_back(anything);
    parts.push_back(std::move(inner));
    if (!to_end) parts.push_back(anything);
    return sequence(std::move(parts));
  }

  Piece branch() {
    std::vector<Piece> parts;
    while (!ends() && peek() != '|' && peek() != ')') {
      if (peek() == '$' && depth_ == 0 && (at_ + 1 == pattern_.size() || peek(1) == '|')) break;
      parts.push_back(repeated(atom()));
    }
    return sequence(std::move(parts));
  }

  Piece repeated(Piece part) {
    while (!ends()) {
      if (take('*')) {
        part = repeat(std::move(part), 0, unbounded);
      } else if (take('+')) {
        part = repeat(std::move(part), 1, unbounded);
      } else if (take('?')) {
        part = repeat(std::move(part), 0, 1);
      } else if (peek() == '{' && counts()) {
        part = repeat(std::move(part), least_, most_);
      } else {
        return part;
      }
      take('?');  // lazy: the same texts
      if (peek() == '+') refuse_here(ErrorKind::unsupported, "possessive quantifiers are not supported");
      if (peek() == '*' || peek() == '{' || peek() == '?')
        refuse_here(ErrorKind::invalid, "nothing to repeat");
    }
    return part;
  }

  // {m}, {m,} or {m,n} into least_ and most_; false, with nothing taken, when it is none of these.
  bool counts() {
    const std::size_t begin = at_++;
    const auto least = number();
    std::optional<std::int32_t> most = least;
    bool open = false;
    if (take(',')) {
      most = number();
      open = !most;
    }
    if (!least || !take('}')) {
      at_ = begin;
      refuse_here(ErrorKind::invalid, "a { that begins no count: write \\{");
    }
    least_ = *least;
    most_ = open ? unbounded : *most;
    if (most_ != unbounded && most_ < least_) refuse_here(ErrorKind::invalid, "a count from more to less");
    return true;
  }

  std::optional<std::int32_t> number() {
    std::optional<std::int32_t> value;
    while (peek() >= '0' && peek() <= '9') {
      value = value.value_or(0) * 10 + (pattern_[at_++] - '0');
      if (*value > repeats_max)
        refuse_here(ErrorKind::too_large, "counts go up to " + std::to_string(repeats_max));
    }
    return value;
  }

  Piece atom() {
    if (take('(')) return group();
    if (take('[')) return emit(character_class());
    if (take('.')) {
      CodeSet line_end;
      line_end.add('\n', '\n');
      return emit(line_end.inverted());
    }
    if (peek() == '\\') return emit(escape(false));
    const char next = peek();
    if (next == '^' || next == '$')
      refuse_here(ErrorKind::unsupported, std::string(1, next) + " is supported at the ends alone");
    if (next == '*' || next == '+' || next == '?' || next == '{')
      refuse_here(ErrorKind::invalid, "nothing to repeat");
    CodeSet set;
    const char32_t code = take_code();
    set.add(code, code);
    return emit(set);
  }

  Piece group() {
    if (++depth_ > groups_max) refuse_here(ErrorKind::too_large, "groups are nested too deeply");
    if (take('?')) {
      const bool named = peek() == '<' && peek(1) != '=' && peek(1) != '!';
      if (named || (peek() == 'P' && peek(1) == '<')) {
        while (!ends() && peek() != '>') ++at_;
        if (!take('>')) refuse_here(ErrorKind::invalid, "a group's name without its end");
      } else if (!take(':')) {
        refuse_here(ErrorKind::unsupported, "look-around and flags are not supported");
      }
    }
    std::vector<Piece> branches;
    do {
      branches.push_back(branch());
    } while (take('|'));
    if (!take(')')) refuse_here(ErrorKind::invalid, "a ( without its )");
    --depth_;
    return choice(std::move(branches));
  }

  std::optional<CodeSet> class_escape(char letter) const {
    switch (letter) {
      case 'd': return digits();
      case 'D': return digits().inverted();
      case 'w': return word_characters();
      case 'W': return word_characters().inverted();
      case 's': return white_space();
      case 'S': return white_space().inverted();
      default: return std::nullopt;
    }
  }

  CodeSet escape(bool in_class) {
    ++at_;
    if (ends()) refuse_here(ErrorKind::invalid, "a \\ at the end");
    const char letter = peek();
    if (const auto known = class_escape(letter)) {
      ++at_;
      return *known;
    }
    CodeSet set;
    const auto single = [&](char32_t code) {
      set.add(code, code);
      return set;
    };
    if (static_cast<unsigned char>(letter) >= 0x80) return single(take_code());
    ++at_;
    switch (letter) {
      case 'n': return single('\n');
      case 't': return single('\t');
      case 'r': return single('\r');
      case 'f': return single('\f');
      case 'v': return single('\v');
      case '0': return single(0);
      case 'x': return single(hex(2));
      case 'u': return single(take('{') ? hex_to_brace() : hex(4));
      default: break;
    }
    if (letter == 'b' && in_class) return single('\b');
    const bool named = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                       (letter >= '1' && letter <= '9');
    if (named) refuse_here(ErrorKind::unsupported, std::string("\\") + letter + " is not supported");
    return single(static_cast<unsigned char>(letter));
  }

  static int hex_digit(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
  }
  char32_t hex(int count) {
    char32_t code = 0;
    for (int i = 0; i < count; ++i) {
      const int digit = hex_digit(peek());
      if (digit < 0) refuse_here(ErrorKind::invalid, "hexadecimal digits are missing");
      code = code * 16 + static_cast<char32_t>(digit);
      ++at_;
    }
    return checked(code);
  }
  char32_t hex_to_brace() {
    char32_t code = 0;
    while (!take('}')) {
      const int digit = hex_digit(peek());
      if (digit < 0 || code > 0x10FFFF) refuse_here(ErrorKind::invalid, "\\u{…} names no character");
      code = code * 16 + static_cast<char32_t>(digit);
      ++at_;
    }
    return checked(code);
  }
  char32_t checked(char32_t code) const {
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
      refuse_here(ErrorKind::invalid, "an escape names no character");
    return code;
  }

  CodeSet class_member() {
    if (peek() == '[' && (peek(1) == ':' || peek(1) == '.' || peek(1) == '='))
      refuse_here(ErrorKind::unsupported, "named classes are not supported");
    if (peek() == '\\') return escape(true);
    CodeSet set;
    const char32_t code = take_code();
    set.add(code, code);
    return set;
  }

  static std::optional<char32_t> only_code(const CodeSet& set) {
    if (set.ranges().size() != 1 || set.ranges()[0].first != set.ranges()[0].second) return std::nullopt;
    return set.ranges()[0].first;
  }

  CodeSet character_class() {
    const bool inverted = take('^');
    CodeSet set;
    bool first = true;
    while (first || peek() != ']') {
      if (ends()) refuse_here(ErrorKind::invalid, "a [ without its ]");
      if (first && peek() == ']') break;  // [] matches nothing, [^] anything
      first = false;
      const CodeSet member = class_member();
      const auto low = only_code(member);
      if (low && peek() == '-' && peek(1) != ']' && at_ + 1 < pattern_.size()) {
        ++at_;
        const auto high = only_code(class_member());
        if (!high || *high < *low) refuse_here(ErrorKind::invalid, "a range from more to less");
        set.add(*low, *high);
      } else {
        set.add(member);
      }
    }
    ++at_;
    return inverted ? set.inverted() : set;
  }

  std::string_view pattern_;
  Characters characters_;
  Match match_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::int32_t least_ = 0, most_ = 0;
};

}  // namespace

Result<Piece> parse_regular_expression(std::string_view pattern, Characters characters, Match match) {
  if (pattern.size() > pattern_bytes_max)
    return refuse(ErrorKind::too_large,
                  "a regular expression may have " + std::to_string(pattern_bytes_max) + " bytes at most");
  if (!valid_utf8(pattern)) return refuse(ErrorKind::invalid, "the regular expression is not UTF-8");
  try {
    return Parser(pattern, characters, match).parse();
  } catch (const Refused& refused) {
    return tl::unexpected(refused.error);
  }
}

}  // namespace preceptor::engine
