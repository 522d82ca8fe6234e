// A stream of server-sent events: the same events however the network cut it.
#include <string>
#include <vector>

#include "driver/input.hpp"
#include "net/event_parser.hpp"

using namespace preceptor;

namespace {

std::vector<std::string> events_of(std::string_view stream, std::size_t piece_bytes) {
  std::vector<std::string> events;
  net::EventParser parser;
  while (!stream.empty()) {
    const std::string_view piece = stream.substr(0, piece_bytes);
    stream.remove_prefix(piece.size());
    parser.push(piece, [&](const net::ServerEvent& event) {
      events.push_back(event.name + '\0' + event.data + '\0' + event.id);
      return true;
    });
  }
  return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view stream = fuzz::as_text(data, size);
  const auto whole = events_of(stream, size + 1);
  fuzz::require(events_of(stream, 1) == whole, "byte by byte gives the same events");
  fuzz::require(events_of(stream, 7) == whole, "seven bytes at a time give the same events");
  return 0;
}
