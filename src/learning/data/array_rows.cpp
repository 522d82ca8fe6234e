#include "learning/data/array_rows.hpp"

#include <string_view>
#include <utility>

#include "base/format.hpp"

namespace preceptor::learning {
namespace {

// Where one element ends: at a comma or the closing bracket of the array, outside strings and nested
// brackets.
class ElementScan {
public:
  bool ends_before(char c) const { return !in_string_ && depth_ == 0 && (c == ',' || c == ']'); }

  void pass(char c) {
    if (in_string_) {
      if (escaped_) {
        escaped_ = false;
      } else if (c == '\\') {
        escaped_ = true;
      } else if (c == '"') {
        in_string_ = false;
      }
    } else if (c == '"') {
      in_string_ = true;
    } else if (c == '{' || c == '[') {
      ++depth_;
    } else if ((c == '}' || c == ']') && depth_ > 0) {
      --depth_;
    }
  }

private:
  std::size_t depth_ = 0;
  bool in_string_ = false, escaped_ = false;
};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

ArrayRows::ArrayRows(std::unique_ptr<ByteSource> source, std::size_t row_bytes_max)
    : source_(std::move(source)), row_bytes_max_(row_bytes_max) {}

std::optional<char> ArrayRows::take() {
  if (at_ == filled_) {
    const auto got = source_->read(piece_);
    if (!got) damage_ = got.error().message;
    if (!got || *got == 0) return std::nullopt;
    at_ = 0;
    filled_ = *got;
  }
  const char c = piece_[at_++];
  if (c == '\n') ++line_;
  return c;
}

std::optional<char> ArrayRows::take_visible() {
  for (;;) {
    const auto c = take();
    if (!c || !is_space(*c)) return c;
  }
}

std::optional<Row> ArrayRows::last(std::int64_t line, std::string problem) {
  ended_ = true;
  return Row{line, {}, (damage_.empty() ? problem : damage_) + "; nothing after it was read"};
}

std::optional<Row> ArrayRows::element(char first) {
  const std::int64_t line = line_;
  Row row{line, {}, {}};
  ElementScan scan;
  for (std::optional<char> c = first; c; c = take()) {
    if (scan.ends_before(*c)) {
      closed_ = *c == ']';
      return row;
    }
    if (row.text.size() == row_bytes_max_) {
      return last(line, format("an element is longer than {} bytes", row_bytes_max_));
    }
    scan.pass(*c);
    row.text.push_back(*c);
  }
  return last(line, "the file ends in the middle of an element");
}

std::optional<Row> ArrayRows::next() {
  if (ended_) return std::nullopt;
  bool empty_array = false;
  if (!opened_) {
    opened_ = true;
    std::optional<char> c;
    do c = take();
    while (c && *c != '[');  // blanks and a byte order mark
    const auto first = take_visible();
    if (!first) return last(line_, "the file ends inside the array");
    if (*first != ']') return element(*first);
    closed_ = empty_array = true;
  }
  const auto c = take_visible();
  if (closed_) {
    ended_ = true;
    if (!c && damage_.empty()) return std::nullopt;
    return last(line_, empty_array ? "text after an empty array" : "text after the end of the array");
  }
  if (!c) return last(line_, "the file ends inside the array");
  return element(*c);
}

}  // namespace preceptor::learning
