#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace preceptor::engine {

// Cuts a growing text where the stop string begins that is complete first, wherever the pieces it comes in
// end. What could be the beginning of a stop string is held back until it is known not to be one.
class StopText {
public:
  // Empty stop strings are refused by check().
  explicit StopText(std::vector<std::string> stops) : stops_(std::move(stops)) {}

  // What can be shown of the text so far that was not shown yet. After a stop string was found: nothing more.
  std::string push(std::string_view piece);
  // The text has ended: what was held back.
  std::string finish();

  bool stopped() const { return found_ >= 0; }
  const std::string& stop() const { return stops_[static_cast<std::size_t>(found_)]; }  // only when stopped

private:
  std::size_t held_back() const;

  std::vector<std::string> stops_;
  std::string waiting_;  // not shown yet
  int found_ = -1;
};

// Refuses empty stop strings, more than 64 of them, and longer ones than 1,024 bytes.
Result<void> check_stop_strings(const std::vector<std::string>& stops);

}  // namespace preceptor::engine
