#include "store/sqlite_checkpointer.hpp"

#include "base/log.hpp"
#include "base/thread_name.hpp"

namespace preceptor::store {

SqliteCheckpointer::SqliteCheckpointer(const std::filesystem::path& path, int busy_timeout_ms)
    : connection_(path, Access::read_write, busy_timeout_ms), thread_([this] { run(); }) {}

SqliteCheckpointer::~SqliteCheckpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void SqliteCheckpointer::committed(SqliteConnection& writer) {
  if (nearly_done_.exchange(false)) {
    writer.checkpoint();
    return;
  }
  if (writer.log_pages() < log_pages_max) return;
  {
    const std::lock_guard lock(mutex_);
    wanted_ = true;
  }
  wake_.notify_one();
}

void SqliteCheckpointer::run() {
  name_thread("checkpointer");
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return wanted_ || stopping_; });
    if (stopping_) return;
    lock.unlock();
    try {
      connection_.checkpoint();
      nearly_done_ = true;
    } catch (const std::exception& problem) {
      // Nothing is lost: the log keeps what could not be moved.
      log_warning("the database's log could not be moved into its file: {}", problem.what());
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    lock.lock();
    wanted_ = false;
  }
}

}  // namespace preceptor::store
