#include "engine/generation/stop_text.hpp"

#include <algorithm>
#include <utility>

namespace preceptor::engine {
namespace {

constexpr std::size_t stops_max = 64;
constexpr std::size_t stop_bytes_max = 1024;

}  // namespace

std::string StopText::push(std::string_view piece) {
  if (stopped()) return {};
  waiting_ += piece;
  // The one that is complete first, so that it does not matter how the text is cut into pieces.
  std::size_t begin = std::string::npos;
  std::size_t end = std::string::npos;
  for (std::size_t i = 0; i < stops_.size(); ++i) {
    const std::size_t at = waiting_.find(stops_[i]);
    if (at == std::string::npos || std::pair(at + stops_[i].size(), at) >= std::pair(end, begin)) continue;
    begin = at;
    end = at + stops_[i].size();
    found_ = static_cast<int>(i);
  }
  const std::size_t shown = stopped() ? begin : waiting_.size() - held_back();
  std::string text = waiting_.substr(0, shown);
  waiting_.erase(0, stopped() ? waiting_.size() : shown);
  return text;
}

std::string StopText::finish() { return std::exchange(waiting_, {}); }

// The longest end of what waits that a stop string begins with.
std::size_t StopText::held_back() const {
  std::size_t longest = 0;
  for (const std::string& stop : stops_) {
    for (std::size_t size = std::min(stop.size() - 1, waiting_.size()); size > longest; --size) {
      if (std::string_view(waiting_).substr(waiting_.size() - size) ==
          std::string_view(stop).substr(0, size)) {
        longest = size;
        break;
      }
    }
  }
  return longest;
}

Result<void> check_stop_strings(const std::vector<std::string>& stops) {
  if (stops.size() > stops_max) {
    return refuse(ErrorKind::invalid, "at most " + std::to_string(stops_max) + " stop strings are taken");
  }
  for (const std::string& stop : stops) {
    if (stop.empty()) return refuse(ErrorKind::invalid, "a stop string must not be empty");
    if (stop.size() > stop_bytes_max) {
      return refuse(ErrorKind::too_large,
                    "a stop string may have " + std::to_string(stop_bytes_max) + " bytes at most");
    }
  }
  return {};
}

}  // namespace preceptor::engine
