#pragma once

#include <bitset>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What texts may look like, as a tree over bytes. Built by regular expressions and JSON schemas.
namespace preceptor::engine {

struct Expression;
using Piece = std::shared_ptr<const Expression>;  // shared: pieces are built once and used in many places

using ByteSet = std::bitset<256>;
using RuleId = std::int32_t;

inline constexpr std::int32_t unbounded = -1;

struct Field {
  Piece name, value;
  bool required = false;
};

struct Expression {
  enum class Kind { literal, bytes, sequence, choice, repeat, list, fields, rule } kind = Kind::literal;
  std::string text = {};          // literal
  ByteSet set = {};               // bytes: one of them
  std::vector<Piece> parts = {};  // sequence, choice; of repeat the one; of list the item and the separator
  std::int32_t least = 0, most = unbounded;  // repeat, list
  std::vector<Field> fields = {};            // fields: in this order, with parts[0] between any two
  RuleId rule = 0;                           // rule: what the grammar has under that number
};

Piece literal(std::string_view text);
Piece one_of(const ByteSet& set);
Piece byte_range(unsigned char first, unsigned char last);
Piece sequence(std::vector<Piece> parts);
Piece choice(std::vector<Piece> parts);  // none: nothing matches
Piece repeat(Piece part, std::int32_t least, std::int32_t most);
Piece optional_piece(Piece part);
Piece list(Piece item, Piece separator, std::int32_t least, std::int32_t most);
Piece field_list(std::vector<Field> fields, Piece separator);
Piece rule_piece(RuleId rule);

// Characters as ranges of code points, ascending, apart from each other, without surrogates.
class CodeSet {
public:
  static CodeSet all();
  void add(char32_t first, char32_t last);
  void add(const CodeSet& other);
  CodeSet inverted() const;
  bool contains(char32_t code) const;
  CodeSet without(const CodeSet& other) const;
  const std::vector<std::pair<char32_t, char32_t>>& ranges() const { return ranges_; }

private:
  std::vector<std::pair<char32_t, char32_t>> ranges_;
};

// One of the characters, in UTF-8.
Piece utf8_piece(const CodeSet& set);
// One of the characters as it stands in a JSON string: escaped where it must be.
Piece json_character_piece(const CodeSet& set);

std::string utf8_of(char32_t code);

}  // namespace preceptor::engine
