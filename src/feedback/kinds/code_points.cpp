#include "feedback/kinds/code_points.hpp"

#include <algorithm>

namespace preceptor::feedback {
namespace {

bool begins_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

// Byte offset of the n-th code point; the size of the text for the one after the last.
std::size_t byte_of(std::string_view text, std::size_t n) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (!begins_code_point(text[at])) continue;
    if (n == 0) return at;
    --n;
  }
  return at;
}

}  // namespace

std::size_t code_point_count(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_code_point));
}

std::optional<std::string> code_point_slice(std::string_view text, std::int64_t start, std::int64_t end) {
  if (start < 0 || end <= start || static_cast<std::size_t>(end) > code_point_count(text))
    return std::nullopt;
  const std::size_t from = byte_of(text, static_cast<std::size_t>(start));
  const std::size_t to = byte_of(text, static_cast<std::size_t>(end));
  return std::string(text.substr(from, to - from));
}

}  // namespace preceptor::feedback
