#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "net/http_client.hpp"

namespace preceptor::net {

// Cuts a byte stream into server-sent events, wherever the network cut it.
class EventParser {
public:
  // False when on_event said so; what follows is then dropped.
  bool push(std::string_view bytes, const std::function<bool(const ServerEvent&)>& on_event);
  // Bytes held for a line that has not ended and the data of an event that has not.
  std::size_t held_bytes() const { return line_.size() + event_.data.size(); }

private:
  bool end_line(const std::function<bool(const ServerEvent&)>& on_event);

  std::string line_;
  ServerEvent event_;
  bool has_data_ = false;
  bool after_carriage_return_ = false;
};

}  // namespace preceptor::net
