// How many tasks of a project were in nobody's hands a moment ago. Counting them for everybody who gets the
// next one costs as much as finding it, and people are only told "a hundred or more". One per database, safe
// from any thread.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>

#include "store/names.hpp"

namespace preceptor::store {

class OpenCounts {
public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds age_max{250};
  static constexpr std::int64_t margin = 5'000;  // more are not handed out in that time

  // At least so many are open now; nothing when that is not known.
  std::optional<std::int64_t> at_least(ProjectId project, Clock::time_point now = Clock::now()) const {
    const std::lock_guard lock(mutex_);
    const auto found = counts_.find(project.value);
    if (found == counts_.end() || now - found->second.at > age_max) return std::nullopt;
    return found->second.open - margin;
  }
  void keep(ProjectId project, std::int64_t open, Clock::time_point now = Clock::now()) {
    if (open <= 2 * margin) return;  // too few to guess
    const std::lock_guard lock(mutex_);
    if (counts_.size() >= counts_max) counts_.clear();
    counts_.insert_or_assign(project.value, Count{open, now});
  }

private:
  struct Count {
    std::int64_t open;
    Clock::time_point at;
  };
  static constexpr std::size_t counts_max = 1000;
  mutable std::mutex mutex_;
  std::map<std::int64_t, Count> counts_;
};

}  // namespace preceptor::store
