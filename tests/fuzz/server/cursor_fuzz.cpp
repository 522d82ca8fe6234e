// "operation\ncursor": a cursor that a list takes is one that the list itself has written, to the byte, and
// leads to the row it was written for.
#include <charconv>

#include "driver/input.hpp"
#include "server/routes/table.hpp"
#include "server/routes/translate.hpp"

using namespace preceptor;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view cursor = fuzz::as_text(data, size);
  const std::string_view operation = fuzz::take_until(cursor, "\n");
  for (const server::Route& route : server::all_routes()) {
    if (route.operation != operation) continue;
    const auto page = server::page(route, 100, std::string(cursor));
    if (page) {
      fuzz::require(page->after > 0, "a page begins behind a row");
      fuzz::require(server::cursor_of(route, page->after) == cursor, "a cursor says what was written");
    } else {
      fuzz::require(page.error().kind == ErrorKind::invalid, "a wrong cursor is the caller's mistake");
    }
    std::int64_t row = 0;
    std::from_chars(cursor.data(), cursor.data() + cursor.size(), row);
    if (row <= 0) return 0;
    const auto own = server::page(route, 100, server::cursor_of(route, row));
    fuzz::require(own && own->after == row, "a list takes its own cursors");
  }
  return 0;
}
