// Any file as lines, plain or packed.
#include "base/lines.hpp"
#include "driver/input.hpp"

using namespace preceptor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t line_bytes_max = 4096;
  const fuzz::MemoryFile file(fuzz::as_text(data, size));
  auto lines = LineReader::open(file.path(), line_bytes_max);
  if (!lines) return 0;
  // A kilobyte of packed zeros is a megabyte: enough of them.
  for (std::int64_t count = 0; count < 10'000; ++count) {
    const auto line = lines->next();
    if (!line || !line->has_value()) break;
    fuzz::require((*line)->size() <= line_bytes_max, "a line keeps to the limit");
    fuzz::require((*line)->find('\n') == std::string_view::npos, "a line holds no line end");
    fuzz::require(lines->line_number() == count + 1, "lines are counted from 1");
  }
  return 0;
}
