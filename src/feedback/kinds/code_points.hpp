// Places in a text, counted in Unicode code points: what people mark, whatever the encoding of their machine.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace preceptor::feedback {

std::size_t code_point_count(std::string_view utf8);
// The text from `start` up to, not including, `end`; nothing unless 0 ≤ start < end ≤ its count.
std::optional<std::string> code_point_slice(std::string_view utf8, std::int64_t start, std::int64_t end);

}  // namespace preceptor::feedback
