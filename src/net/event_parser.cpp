#include "net/event_parser.hpp"

#include <utility>

namespace preceptor::net {

bool EventParser::push(std::string_view bytes, const std::function<bool(const ServerEvent&)>& on_event) {
  for (const char c : bytes) {
    const bool second_half = c == '\n' && std::exchange(after_carriage_return_, false);
    if (second_half) continue;
    after_carriage_return_ = c == '\r';
    if (c != '\n' && c != '\r') {
      line_ += c;
    } else if (!end_line(on_event)) {
      return false;
    }
  }
  return true;
}

bool EventParser::end_line(const std::function<bool(const ServerEvent&)>& on_event) {
  const std::string line = std::exchange(line_, {});
  if (line.empty()) {
    ServerEvent event = std::exchange(event_, ServerEvent{});
    event_.id = event.id;  // stays until another one comes
    return !std::exchange(has_data_, false) || on_event(event);
  }
  const std::size_t colon = line.find(':');
  if (colon == 0) return true;  // a comment, to keep the connection open
  const std::string_view field = std::string_view(line).substr(0, colon);
  std::string_view value = colon == std::string::npos ? "" : std::string_view(line).substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "data") {
    if (std::exchange(has_data_, true)) event_.data += '\n';
    event_.data += value;
  } else if (field == "event") {
    event_.name = value;
  } else if (field == "id") {
    event_.id = value;
  }
  return true;
}

}  // namespace preceptor::net
