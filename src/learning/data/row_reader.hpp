#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace preceptor::learning {

// One row of a file, or why there is none on that line.
struct Row {
  std::int64_t line = 0;
  std::string text;
  std::string problem;  // empty: text holds the row
};

// Rows of a JSONL file, or elements of a JSON array, one at a time and in constant memory. Damage that leaves
// nothing to go on with (packed data cut off, a line or element beyond the limit) is the last row's problem.
struct RowReader {
  virtual ~RowReader() = default;
  virtual std::optional<Row> next() = 0;

  static Result<std::unique_ptr<RowReader>> open(const std::filesystem::path& path,
                                                 std::size_t row_bytes_max);
};

}  // namespace preceptor::learning
