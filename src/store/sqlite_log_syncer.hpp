// What SQLite's writer has committed becomes durable here, on a thread of its own, while the writer goes on:
// one flush of the log for all that was committed before it began. Only then is anybody told.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <filesystem>
#include <mutex>
#include <thread>
#include <vector>

#include "store/command_queue.hpp"
#include "store/commit_figures.hpp"

namespace preceptor::store {

// A batch that is in the log, or failed as a whole, and what became of each of its commands.
struct CommittedBatch {
  std::vector<Command> commands;
  std::vector<std::exception_ptr> problems;
  bool in_log = false;
  std::chrono::steady_clock::duration spent{};  // in the commit
};

class SqliteLogSyncer {
public:
  // The database's log must be there. Throws Failure when it cannot be opened.
  SqliteLogSyncer(const std::filesystem::path& database, CommitFigures& figures);
  // Makes durable what still waits.
  ~SqliteLogSyncer();
  SqliteLogSyncer(const SqliteLogSyncer&) = delete;
  SqliteLogSyncer& operator=(const SqliteLogSyncer&) = delete;

  void push(CommittedBatch);
  // Throws once a flush has failed: what the system still holds of the log may never reach the disk, and a
  // later flush would not tell, so nothing more may be built on it.
  void check() const;

private:
  void run();
  void sync(std::deque<CommittedBatch>&);

  const int file_;
  CommitFigures& figures_;
  std::atomic<int> problem_{0};  // errno of the flush that failed
  std::mutex mutex_;
  std::condition_variable filled_;
  std::deque<CommittedBatch> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace preceptor::store
