#include "engine/constrained/character_class.hpp"

#include <optional>
#include <string>

namespace preceptor::engine {
namespace {

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

std::optional<CodeSet> class_escape(char letter) {
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

char32_t checked(const PatternReader& reader, char32_t code) {
  if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
    reader.refuse_here(ErrorKind::invalid, "an escape names no character");
  return code;
}

int hex_digit(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}
char32_t hex(PatternReader& reader, int count) {
  char32_t code = 0;
  for (int i = 0; i < count; ++i) {
    const int digit = hex_digit(reader.peek());
    if (digit < 0) reader.refuse_here(ErrorKind::invalid, "hexadecimal digits are missing");
    code = code * 16 + static_cast<char32_t>(digit);
    reader.take_byte();
  }
  return checked(reader, code);
}
char32_t hex_to_brace(PatternReader& reader) {
  char32_t code = 0;
  while (!reader.take('}')) {
    const int digit = hex_digit(reader.peek());
    if (digit < 0 || code > 0x10FFFF) reader.refuse_here(ErrorKind::invalid, "\\u{…} names no character");
    code = code * 16 + static_cast<char32_t>(digit);
    reader.take_byte();
  }
  return checked(reader, code);
}

std::optional<char32_t> only_code(const CodeSet& set) {
  if (set.ranges().size() != 1 || set.ranges()[0].first != set.ranges()[0].second) return std::nullopt;
  return set.ranges()[0].first;
}

CodeSet class_member(PatternReader& reader) {
  if (reader.peek() == '[' && (reader.peek(1) == ':' || reader.peek(1) == '.' || reader.peek(1) == '='))
    reader.refuse_here(ErrorKind::unsupported, "named classes are not supported");
  if (reader.peek() == '\\') return read_escape(reader, EscapeIn::character_class);
  CodeSet set;
  const char32_t code = reader.take_code();
  set.add(code, code);
  return set;
}

}  // namespace

CodeSet read_escape(PatternReader& reader, EscapeIn place) {
  reader.take_byte();
  if (reader.ends()) reader.refuse_here(ErrorKind::invalid, "a \\ at the end");
  const char letter = reader.peek();
  if (const auto known = class_escape(letter)) {
    reader.take_byte();
    return *known;
  }
  CodeSet set;
  const auto single = [&](char32_t code) {
    set.add(code, code);
    return set;
  };
  if (static_cast<unsigned char>(letter) >= 0x80) return single(reader.take_code());
  reader.take_byte();
  switch (letter) {
    case 'n': return single('\n');
    case 't': return single('\t');
    case 'r': return single('\r');
    case 'f': return single('\f');
    case 'v': return single('\v');
    case '0': return single(0);
    case 'x': return single(hex(reader, 2));
    case 'u': return single(reader.take('{') ? hex_to_brace(reader) : hex(reader, 4));
    default: break;
  }
  if (letter == 'b' && place == EscapeIn::character_class) return single('\b');
  const bool named = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                     (letter >= '1' && letter <= '9');
  if (named) reader.refuse_here(ErrorKind::unsupported, std::string("\\") + letter + " is not supported");
  return single(static_cast<unsigned char>(letter));
}

CodeSet read_character_class(PatternReader& reader) {
  const bool inverted = reader.take('^');
  CodeSet set;
  bool first = true;
  while (first || reader.peek() != ']') {
    if (reader.ends()) reader.refuse_here(ErrorKind::invalid, "a [ without its ]");
    if (first && reader.peek() == ']') break;  // [] matches nothing, [^] anything
    first = false;
    const CodeSet member = class_member(reader);
    const auto low = only_code(member);
    if (low && reader.peek() == '-' && reader.peek(1) != ']' && reader.left() > 1) {
      reader.take_byte();
      const auto high = only_code(class_member(reader));
      if (!high || *high < *low) reader.refuse_here(ErrorKind::invalid, "a range from more to less");
      set.add(*low, *high);
    } else {
      set.add(member);
    }
  }
  reader.take_byte();
  return inverted ? set.inverted() : set;
}

}  // namespace preceptor::engine
