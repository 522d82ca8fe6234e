#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engine/formats/gguf/gguf_file.hpp"

namespace preceptor::engine {

struct GgufHeader {
  std::uint32_t version = 0;
  GgufMetadata metadata;
  std::vector<GgufTensor> tensors;  // in file order, their bytes inside `file`
};

// Checks all that stands before the tensors' data, and that the data is there. Views point into `file`.
// file_name: for errors.
Result<GgufHeader> parse_gguf(std::span<const std::byte> file, std::string_view file_name);

}  // namespace preceptor::engine
