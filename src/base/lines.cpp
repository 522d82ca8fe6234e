#include "base/lines.hpp"

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "base/byte_source.hpp"
#include "base/format.hpp"

namespace preceptor {
namespace {

constexpr std::size_t piece_bytes = 1U << 16U;

}  // namespace

struct LineReader::State {
  std::string path;
  std::unique_ptr<ByteSource> source;
  std::size_t line_bytes_max;
  std::vector<char> buffer = std::vector<char>(piece_bytes);
  std::size_t begin = 0;    // first byte not yet returned
  std::size_t scanned = 0;  // no line end between begin and here
  std::size_t end = 0;      // bytes filled
  bool source_ended = false;
  std::int64_t line_number = 0;

  std::string where() const { return format("{}:{}", path, line_number + 1); }

  // Reads more behind `end`, moving or growing the buffer when it is full.
  Result<void> fill() {
    if (begin > 0) {
      std::memmove(buffer.data(), buffer.data() + begin, end - begin);
      scanned -= begin;
      end -= begin;
      begin = 0;
    }
    if (end == buffer.size()) buffer.resize(buffer.size() * 2);
    auto got = source->read(std::span(buffer).subspan(end));
    if (!got) {
      got.error().where = where();
      return tl::unexpected(got.error());
    }
    source_ended = *got == 0;
    end += *got;
    return {};
  }

  std::string_view take(std::size_t line_end, std::size_t next_begin) {
    std::string_view line(buffer.data() + begin, line_end - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line_number == 0 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    ++line_number;
    begin = scanned = next_begin;
    return line;
  }
};

LineReader::LineReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
LineReader::~LineReader() = default;
LineReader::LineReader(LineReader&&) noexcept = default;
LineReader& LineReader::operator=(LineReader&&) noexcept = default;

Result<LineReader> LineReader::open(const std::filesystem::path& path, std::size_t line_bytes_max) {
  auto source = open_bytes(path);
  if (!source) return tl::unexpected(source.error());
  auto state = std::make_unique<State>();
  state->path = path.string();
  state->source = std::move(*source);
  state->line_bytes_max = line_bytes_max;
  return LineReader(std::move(state));
}

Result<std::optional<std::string_view>> LineReader::next() {
  State& s = *state_;
  for (;;) {
    const void* found = std::memchr(s.buffer.data() + s.scanned, '\n', s.end - s.scanned);
    const std::size_t line_end = found ? static_cast<const char*>(found) - s.buffer.data() : s.end;
    if (line_end - s.begin > s.line_bytes_max) {
      return refuse(ErrorKind::too_large, format("a line is longer than {} bytes", s.line_bytes_max),
                    "is this a file of lines (JSONL)?", s.where());
    }
    if (found) return s.take(line_end, line_end + 1);
    if (s.source_ended) {
      if (s.begin == s.end) return std::nullopt;
      return s.take(s.end, s.end);
    }
    s.scanned = s.end;
    if (auto filled = s.fill(); !filled) return tl::unexpected(filled.error());
  }
}

std::int64_t LineReader::line_number() const { return state_->line_number; }

}  // namespace preceptor
