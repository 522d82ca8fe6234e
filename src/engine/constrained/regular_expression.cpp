#include "engine/constrained/regular_expression.hpp"

#include <optional>
#include <string>

#include "base/encoding.hpp"
#include "engine/constrained/character_class.hpp"
#include "engine/constrained/pattern_reader.hpp"

namespace preceptor::engine {
namespace {

constexpr std::size_t pattern_bytes_max = 8192;
constexpr int groups_max = 200;
constexpr std::int32_t repeats_max = 20'000;

class Parser {
public:
  Parser(std::string_view pattern, Characters characters, Match match)
      : reader_(pattern), characters_(characters), match_(match) {}

  Piece parse() {
    std::vector<Piece> branches;
    do {
      branches.push_back(anchored_branch());
    } while (reader_.take('|'));
    if (!reader_.ends()) reader_.refuse_here(ErrorKind::invalid, "a ) without its (");
    return choice(std::move(branches));
  }

private:
  Piece emit(const CodeSet& set) const {
    return characters_ == Characters::plain ? utf8_piece(set) : json_character_piece(set);
  }

  // Of the outermost level: where ^ and $ may stand.
  Piece anchored_branch() {
    const bool from_begin = reader_.take('^') || match_ == Match::whole;
    Piece inner = branch();
    const bool to_end = reader_.take('$') || match_ == Match::whole;
    const Piece anything = repeat(emit(CodeSet::all()), 0, unbounded);
    std::vector<Piece> parts;
    if (!from_begin) parts.push_back(anything);
    parts.push_back(std::move(inner));
    if (!to_end) parts.push_back(anything);
    return sequence(std::move(parts));
  }

  Piece branch() {
    std::vector<Piece> parts;
    while (!reader_.ends() && reader_.peek() != '|' && reader_.peek() != ')') {
      if (reader_.peek() == '$' && depth_ == 0 && (reader_.left() == 1 || reader_.peek(1) == '|')) break;
      parts.push_back(repeated(atom()));
    }
    return sequence(std::move(parts));
  }

  Piece repeated(Piece part) {
    while (!reader_.ends()) {
      if (reader_.take('*')) {
        part = repeat(std::move(part), 0, unbounded);
      } else if (reader_.take('+')) {
        part = repeat(std::move(part), 1, unbounded);
      } else if (reader_.take('?')) {
        part = repeat(std::move(part), 0, 1);
      } else if (reader_.peek() == '{') {
        counts();
        part = repeat(std::move(part), least_, most_);
      } else {
        return part;
      }
      reader_.take('?');  // lazy: the same texts
      if (reader_.peek() == '+')
        reader_.refuse_here(ErrorKind::unsupported, "possessive quantifiers are not supported");
      if (reader_.peek() == '*' || reader_.peek() == '{' || reader_.peek() == '?')
        reader_.refuse_here(ErrorKind::invalid, "nothing to repeat");
    }
    return part;
  }

  // {m}, {m,} or {m,n} into least_ and most_.
  void counts() {
    const PatternReader brace = reader_;
    reader_.take('{');
    const auto least = number();
    std::optional<std::int32_t> most = least;
    bool open = false;
    if (reader_.take(',')) {
      most = number();
      open = !most;
    }
    if (!least || !reader_.take('}'))
      brace.refuse_here(ErrorKind::invalid, "a { that begins no count: write \\{");
    least_ = *least;
    most_ = open ? unbounded : *most;
    if (most_ != unbounded && most_ < least_)
      reader_.refuse_here(ErrorKind::invalid, "a count from more to less");
  }

  std::optional<std::int32_t> number() {
    std::optional<std::int32_t> value;
    while (reader_.peek() >= '0' && reader_.peek() <= '9') {
      value = value.value_or(0) * 10 + (reader_.take_byte() - '0');
      if (*value > repeats_max)
        reader_.refuse_here(ErrorKind::too_large, "counts go up to " + std::to_string(repeats_max));
    }
    return value;
  }

  Piece atom() {
    if (reader_.take('(')) return group();
    if (reader_.take('[')) return emit(read_character_class(reader_));
    if (reader_.take('.')) {
      CodeSet line_end;
      line_end.add('\n', '\n');
      return emit(line_end.inverted());
    }
    if (reader_.peek() == '\\') return emit(read_escape(reader_, EscapeIn::text));
    const char next = reader_.peek();
    if (next == '^' || next == '$')
      reader_.refuse_here(ErrorKind::unsupported, std::string(1, next) + " is supported at the ends alone");
    if (next == '*' || next == '+' || next == '?' || next == '{')
      reader_.refuse_here(ErrorKind::invalid, "nothing to repeat");
    CodeSet set;
    const char32_t code = reader_.take_code();
    set.add(code, code);
    return emit(set);
  }

  Piece group() {
    if (++depth_ > groups_max) reader_.refuse_here(ErrorKind::too_large, "groups are nested too deeply");
    if (reader_.take('?')) {
      const bool named = reader_.peek() == '<' && reader_.peek(1) != '=' && reader_.peek(1) != '!';
      if (named || (reader_.peek() == 'P' && reader_.peek(1) == '<')) {
        while (!reader_.ends() && reader_.peek() != '>') reader_.take_byte();
        if (!reader_.take('>')) reader_.refuse_here(ErrorKind::invalid, "a group's name without its end");
      } else if (!reader_.take(':')) {
        reader_.refuse_here(ErrorKind::unsupported, "look-around and flags are not supported");
      }
    }
    std::vector<Piece> branches;
    do {
      branches.push_back(branch());
    } while (reader_.take('|'));
    if (!reader_.take(')')) reader_.refuse_here(ErrorKind::invalid, "a ( without its )");
    --depth_;
    return choice(std::move(branches));
  }

  PatternReader reader_;
  Characters characters_;
  Match match_;
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
  } catch (const PatternRefused& refused) {
    return tl::unexpected(refused.error);
  }
}

}  // namespace preceptor::engine
