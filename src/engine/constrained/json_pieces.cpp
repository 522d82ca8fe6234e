#include "engine/constrained/json_pieces.hpp"

#include "engine/constrained/number_pieces.hpp"

namespace preceptor::engine {
namespace {

constexpr std::int32_t indent_max = 24;

Piece character() {
  CodeSet plain;
  plain.add(0x20, 0x10FFFF);
  CodeSet special;
  special.add('"', '"');
  special.add('\\', '\\');
  ByteSet hex;
  for (const char digit : std::string_view("0123456789abcdefABCDEF"))
    hex.set(static_cast<unsigned char>(digit));
  ByteSet no_surrogate = hex;
  no_surrogate.reset('d').reset('D');
  ByteSet after_escape;
  for (const char letter : std::string_view("\"\\/bfnrt"))
    after_escape.set(static_cast<unsigned char>(letter));
  const Piece digits = choice({sequence({one_of(no_surrogate), one_of(hex)}),
                               sequence({one_of(ByteSet().set('d').set('D')), byte_range('0', '7')})});
  return choice(
      {utf8_piece(plain.without(special)),
       sequence({literal("\\"), choice({one_of(after_escape),
                                        sequence({literal("u"), digits, one_of(hex), one_of(hex)})})})});
}

}  // namespace

std::vector<Piece> json_rules() {
  const Piece value = rule_piece(value_rule);
  const Piece any = choice({rule_piece(object_rule), array_piece(list(value, comma(), 0, unbounded)),
                            string_piece(0, unbounded), number_piece({}), literal("true"), literal("false"),
                            literal("null")});
  return {rule_piece(object_rule), any, object_piece(value)};
}

Piece space() {
  return optional_piece(
      choice({literal(" "), sequence({literal("\n"), repeat(literal(" "), 0, indent_max)})}));
}

Piece comma() { return sequence({literal(","), space()}); }

Piece string_piece(std::int32_t length_min, std::int32_t length_max) {
  return sequence({literal("\""), repeat(character(), length_min, length_max), literal("\"")});
}

Piece object_piece(Piece value) {
  const Piece field = sequence({string_piece(0, unbounded), literal(":"), space(), std::move(value)});
  return sequence({literal("{"), space(), list(field, comma(), 0, unbounded), space(), literal("}")});
}

Piece array_piece(Piece items) {
  return sequence({literal("["), space(), std::move(items), space(), literal("]")});
}

// Days that every year has.
std::optional<std::string> format_pattern(std::string_view format) {
  static const std::string date =
      R"(\d{4}-((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|1\d|2[0-8])))";
  static const std::string time =
      R"(([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d))";
  if (format == "date") return date;
  if (format == "time") return time;
  if (format == "date-time") return date + "T" + time;
  if (format == "uuid") return R"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})";
  if (format == "ipv4") return R"(((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d))";
  return std::nullopt;
}

}  // namespace preceptor::engine
