#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

#include "base/result.hpp"

namespace preceptor {

// A stream of bytes that is read once.
struct ByteSource {
  virtual ~ByteSource() = default;
  // Fills the front of `room` and returns how much; 0 at the end.
  virtual Result<std::size_t> read(std::span<char> room) = 0;
};

// Plain, gzip (several members too) or Zstandard (several frames too), told by the first bytes.
Result<std::unique_ptr<ByteSource>> open_bytes(const std::filesystem::path& path);

}  // namespace preceptor
