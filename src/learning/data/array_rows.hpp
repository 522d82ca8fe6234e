#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/byte_source.hpp"
#include "learning/data/row_reader.hpp"

namespace preceptor::learning {

// The elements of a JSON array, found by brackets and quotes alone; each is parsed by itself later, so that
// one broken element does not take the file with it.
class ArrayRows : public RowReader {
public:
  ArrayRows(std::unique_ptr<ByteSource> source, std::size_t row_bytes_max);

  std::optional<Row> next() override;

private:
  std::optional<char> take();  // nothing at the end, or when damage_ tells why
  std::optional<char> take_visible();
  std::optional<Row> element(char first);
  std::optional<Row> last(std::int64_t line, std::string problem);

  std::unique_ptr<ByteSource> source_;
  std::size_t row_bytes_max_;
  std::array<char, 1U << 16U> piece_;
  std::size_t at_ = 0, filled_ = 0;
  std::int64_t line_ = 1;
  std::string damage_;
  bool opened_ = false, closed_ = false, ended_ = false;
};

}  // namespace preceptor::learning
