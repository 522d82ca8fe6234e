#include "store/sqlite_log_syncer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/file.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "base/thread_name.hpp"

namespace preceptor::store {
namespace {

Failure failure_of(int problem) {
  const bool space = problem == ENOSPC || problem == EDQUOT || problem == EFBIG;
  return {space ? ErrorKind::out_of_space : ErrorKind::unavailable,
          std::string("the disk did not take the database's log: ") + std::strerror(problem),
          "Nothing that was acknowledged is lost. Free some space or check the disk, then start again."};
}

// Locks of the process on the database's file end when any of its handles is closed; the log carries none.
int opened_log(const std::filesystem::path& database) {
  sync_folder(database.has_parent_path() ? database.parent_path() : ".");  // the log's name must stay as well
  const int file = ::open((database.string() + "-wal").c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) throw failure_of(errno);
  return file;
}

}  // namespace

SqliteLogSyncer::SqliteLogSyncer(const std::filesystem::path& database, CommitFigures& figures)
    : file_(opened_log(database)), figures_(figures), thread_([this] { run(); }) {}

SqliteLogSyncer::~SqliteLogSyncer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  filled_.notify_one();
  thread_.join();
  ::close(file_);
}

void SqliteLogSyncer::push(CommittedBatch batch) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(batch));
  }
  filled_.notify_one();
}

void SqliteLogSyncer::check() const {
  if (const int problem = problem_) throw failure_of(problem);
}

void SqliteLogSyncer::run() {
  name_thread("log-syncer");
  for (;;) {
    std::deque<CommittedBatch> batches;
    {
      std::unique_lock lock(mutex_);
      filled_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      batches.swap(waiting_);
    }
    sync(batches);
  }
}

void SqliteLogSyncer::sync(std::deque<CommittedBatch>& batches) {
  const auto begin = std::chrono::steady_clock::now();
  const bool any =
      std::any_of(batches.begin(), batches.end(), [](const auto& batch) { return batch.in_log; });
  if (any && problem_ == 0 && ::fdatasync(file_) != 0) {
    problem_ = errno;
    log_error("{}", failure_of(problem_).error.message);
  }
  auto spent = std::chrono::steady_clock::now() - begin;
  std::int64_t commands = 0;
  for (CommittedBatch& batch : batches) {
    if (batch.in_log) commands += static_cast<std::int64_t>(batch.commands.size());
    spent += batch.spent;
    for (std::size_t i = 0; i < batch.commands.size(); ++i) {
      auto problem = batch.problems[i];
      if (!problem && problem_ != 0) problem = std::make_exception_ptr(failure_of(problem_));
      batch.commands[i].done(problem);
    }
  }
  if (any && problem_ == 0) figures_.add(commands, spent);
}

}  // namespace preceptor::store
