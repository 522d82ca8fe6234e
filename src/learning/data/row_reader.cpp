#include "learning/data/row_reader.hpp"

#include <array>
#include <utility>

#include "learning/data/array_rows.hpp"

#include "base/byte_source.hpp"
#include "base/lines.hpp"

namespace preceptor::learning {
namespace {

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

class LineRows : public RowReader {
public:
  explicit LineRows(LineReader lines) : lines_(std::move(lines)) {}

  std::optional<Row> next() override {
    while (!ended_) {
      const auto line = lines_.next();
      if (!line) {
        ended_ = true;
        return Row{lines_.line_number() + 1, {}, line.error().message + "; nothing after it was read"};
      }
      if (!line->has_value()) break;
      if (!is_blank(**line)) return Row{lines_.line_number(), std::string(**line), {}};
    }
    ended_ = true;
    return std::nullopt;
  }

private:
  LineReader lines_;
  bool ended_ = false;
};

// Whether the first character that is not blank opens an array. Damage is left to the reading that follows.
Result<bool> holds_array(const std::filesystem::path& path) {
  auto source = open_bytes(path);
  if (!source) return tl::unexpected(source.error());
  std::array<char, 4096> piece;
  bool first_piece = true;
  for (;;) {
    const auto got = (*source)->read(piece);
    if (!got || *got == 0) return false;
    std::string_view text(piece.data(), *got);
    if (first_piece && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    first_piece = false;
    if (const auto at = text.find_first_not_of(" \t\r\n"); at != std::string_view::npos)
      return text[at] == '[';
  }
}

}  // namespace

Result<std::unique_ptr<RowReader>> RowReader::open(const std::filesystem::path& path,
                                                   std::size_t row_bytes_max) {
  const auto array = holds_array(path);
  if (!array) return tl::unexpected(array.error());
  if (*array) {
    auto source = open_bytes(path);
    if (!source) return tl::unexpected(source.error());
    return std::make_unique<ArrayRows>(std::move(*source), row_bytes_max);
  }
  auto lines = LineReader::open(path, row_bytes_max);
  if (!lines) return tl::unexpected(lines.error());
  return std::make_unique<LineRows>(std::move(*lines));
}

}  // namespace preceptor::learning
