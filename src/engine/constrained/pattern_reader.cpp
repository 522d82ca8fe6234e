#include "engine/constrained/pattern_reader.hpp"

namespace preceptor::engine {

bool PatternReader::take(char wanted) {
  if (ends() || pattern_[at_] != wanted) return false;
  ++at_;
  return true;
}

char32_t PatternReader::take_code() {
  const auto byte = [this] { return static_cast<unsigned char>(pattern_[at_++]); };
  const unsigned lead = byte();
  if (lead < 0x80) return lead;
  const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
  char32_t code = lead & (0x3FU >> static_cast<unsigned>(more));
  for (int i = 0; i < more; ++i) code = code << 6U | (byte() & 0x3FU);
  return code;
}

void PatternReader::refuse_here(ErrorKind kind, const std::string& message) const {
  throw PatternRefused{{kind, "regular expression: " + message, "", "byte " + std::to_string(at_)}};
}

}  // namespace preceptor::engine
