// What a database counts of its own work; safe from any thread.
#pragma once

#include <atomic>
#include <chrono>

#include "loop/storage.hpp"

namespace preceptor::store {

class CommitFigures {
public:
  void add(std::int64_t commands, std::chrono::steady_clock::duration in_commit) {
    commands_ += commands;
    commits_ += 1;
    microseconds_ += std::chrono::duration_cast<std::chrono::microseconds>(in_commit).count();
  }
  loop::StorageFigures now(std::size_t waiting) const {
    return {.commands = commands_,
            .commits = commits_,
            .commit_microseconds = microseconds_,
            .waiting = static_cast<std::int64_t>(waiting)};
  }

private:
  std::atomic<std::int64_t> commands_{0}, commits_{0}, microseconds_{0};
};

}  // namespace preceptor::store
