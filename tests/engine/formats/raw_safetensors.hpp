#pragma once

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace preceptor::engine {

// The bytes of a safetensors file with whatever header a test wants, honest length in front unless told
// otherwise.
inline std::string raw_safetensors(std::string_view header, std::size_t data_bytes,
                                   std::uint64_t claimed_header_bytes = UINT64_MAX) {
  const std::uint64_t length = claimed_header_bytes == UINT64_MAX ? header.size() : claimed_header_bytes;
  std::string bytes(sizeof length, '\0');
  std::memcpy(bytes.data(), &length, sizeof length);
  bytes += header;
  bytes.append(data_bytes, '\x3f');
  return bytes;
}

inline std::filesystem::path write_bytes(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

}  // namespace preceptor::engine
