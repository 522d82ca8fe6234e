#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include "base/result.hpp"

namespace preceptor {

// Reads a text file line by line, plain or packed (.gz, .zst, told by their first bytes), in constant memory.
class LineReader {
public:
  static Result<LineReader> open(const std::filesystem::path& path, std::size_t line_bytes_max = 16U << 20U);
  ~LineReader();
  LineReader(LineReader&&) noexcept;
  LineReader& operator=(LineReader&&) noexcept;

  // The next line without its line end (LF or CRLF; a byte order mark in front is dropped), valid until the
  // next call; nothing at the end of the file. Refuses with too_large when a line exceeds the limit and with
  // corrupt when the packed data is damaged or cut off; `where` is path:line.
  Result<std::optional<std::string_view>> next();
  // Of the line last returned, from 1.
  std::int64_t line_number() const;

private:
  struct State;
  explicit LineReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace preceptor
