#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace preceptor::engine {

// The reference implementation's limit; a larger header is an attack or a mistake.
inline constexpr std::size_t safetensors_header_bytes_max = 100'000'000;

struct SafetensorsEntry {
  std::string name;
  std::string type_name;
  std::vector<std::int64_t> shape;
  std::size_t count = 0;
  std::size_t begin = 0;  // byte range in the data part
  std::size_t end = 0;
};

struct SafetensorsHeader {
  std::vector<SafetensorsEntry>
      entries;  // by offset; together they fill [0, data_bytes) without holes or overlaps
  std::map<std::string, std::string> metadata;
};

// file_name is where a refusal points to.
Result<SafetensorsHeader> parse_safetensors_header(std::string_view json_text, std::size_t data_bytes,
                                                   std::string_view file_name);

}  // namespace preceptor::engine
