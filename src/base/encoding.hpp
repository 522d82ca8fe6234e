#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace preceptor {

std::string hex(std::span<const std::byte> bytes);
// RFC 4648, URL-safe alphabet, no padding.
std::string base64url(std::span<const std::byte> bytes);

// Strict: no overlong forms, no surrogates, nothing above U+10FFFF.
bool valid_utf8(std::string_view text);
// Offset of the first byte that breaks UTF-8, or text.size().
std::size_t utf8_valid_bytes(std::string_view text);
// The longest prefix of at most bytes_max bytes that does not cut a character in two.
std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max);

}  // namespace preceptor
